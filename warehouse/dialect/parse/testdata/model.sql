with results as (
    select
        r.result_id,
        r.race_id,
        r.driver_id,
        r.constructor_id,
        r.grid::int as grid,
        try_cast(r.position as int) as position,
        iff(r.status_id = 1, 'finished', 'dnf') as outcome,
        coalesce(r.points, 0) as points
    from raw_results as r
    where r.race_id is not null
      and r.milliseconds between 0 and 1e8
),

races as (
    select
        race_id,
        year as race_year,
        circuit_id,
        to_date(race_date, 'YYYY-MM-DD') as race_date,
        datediff('day', lag(race_date) over (partition by year order by round), race_date) as days_since_last
    from raw_races
    where year between 2010 and 2020
),

pit_stops as (
    select race_id, driver_id, max(stop) as total_pit_stops
    from raw_pit_stops
    group by all
),

drivers as (
    select
        driver_id,
        forename || ' ' || surname as driver,
        details:birth.date::date as born,
        nationality in ('British', 'German', 'Finnish', 'Dutch') as is_tracked
    from raw_drivers
    qualify row_number() over (partition by driver_id order by updated_at desc nulls last) = 1
)

select
    results.* exclude (result_id),
    races.race_year,
    drivers.driver,
    races.race_year - year(drivers.born) as drivers_age_years,
    zeroifnull(pit_stops.total_pit_stops) as total_pit_stops_per_race,
    case
        when results.position < 4 then 1
        when results.position > 10 then 3
        else 2
    end as position_label,
    1 - div0(count_if(results.position is null) over (partition by drivers.driver), count(*) over (partition by drivers.driver)) as driver_confidence,
    listagg(distinct results.outcome, ', ') within group (order by results.outcome) over (partition by drivers.driver) as outcomes
from results
inner join races on results.race_id = races.race_id
left join drivers using (driver_id)
left join pit_stops
    on pit_stops.race_id = results.race_id and pit_stops.driver_id = results.driver_id
where drivers.is_tracked or results.outcome ilike any ('fin%', 'dnf%')
order by results.result_id desc
limit 1000
