-- Results with what the drivers had done before, one row a driver and race.
with results as (

    select
        r.result_id,
        r.race_id,
        r.driver_id,
        r.constructor_id,
        r.grid::int as grid,
        nullif(r.position, '\\N')::int as position,
        iff(r.position_text = 'R', true, false) as is_retired,
        coalesce(r.points, 0) as points,
        ra.race_year,
        ra.circuit_id,
        to_date(ra.race_date) as race_date
    from raw.formula1.results as r
    inner join raw.formula1.races as ra on ra.race_id = r.race_id
    where ra.race_year between 2010 and 2020

),

drivers as (

    select
        driver_id,
        upper(trim(forename)) || ' ' || upper(trim(surname)) as driver,
        date_of_birth,
        nationality
    from raw.formula1.drivers
    qualify row_number() over (partition by driver_id order by date_of_birth desc) = 1

),

form as (

    select
        results.*,
        drivers.driver,
        datediff('year', drivers.date_of_birth, results.race_date) as driver_age_years,
        sum(points) over (partition by results.driver_id order by race_date rows between 5 preceding and 1 preceding) as recent_points,
        count_if(is_retired) over (partition by results.driver_id, race_year) as retirements,
        div0(retirements, count(*) over (partition by results.driver_id, race_year)) as retirement_rate
    from results
    left join drivers using (driver_id)

)

select
    race_year,
    circuit_id,
    driver,
    driver_age_years,
    zeroifnull(recent_points) as recent_points,
    round(1 - retirement_rate, 4) as driver_confidence,
    case when position <= 3 then 1 when position <= 10 then 2 else 3 end as position_label,
    date_trunc('month', race_date) as race_month
from form
where grid is not null
order by race_year, race_date, position nulls last
