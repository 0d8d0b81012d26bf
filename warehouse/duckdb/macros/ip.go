package macros

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
)

// An address is what PARSE_IP gives, with its keys in order.
type address struct {
	Family     int       `json:"family"`
	HexIPv6    string    `json:"hex_ipv6,omitempty"`
	HexIPv6End string    `json:"hex_ipv6_range_end,omitempty"`
	HexIPv6Beg string    `json:"hex_ipv6_range_start,omitempty"`
	Host       string    `json:"host"`
	Fields     [4]uint32 `json:"ip_fields"`
	Type       string    `json:"ip_type"`
	IPv4       *uint32   `json:"ipv4,omitempty"`
	IPv4End    *uint32   `json:"ipv4_range_end,omitempty"`
	IPv4Beg    *uint32   `json:"ipv4_range_start,omitempty"`
	Prefix     *int      `json:"netmask_prefix_length"`
	Snowflake  string    `json:"snowflake$type"`
}

// parseIP is PARSE_IP, of an INET, which may have a mask, or a HOST.
func parseIP(kind string) (textFunction, error) {
	return func(dst, src []byte) ([]byte, bool, error) { return appendIP(dst, string(src), kind) }, nil
}

// tryParseIP is TRY_PARSE_IP.
func tryParseIP(kind string) (textFunction, error) {
	return func(dst, src []byte) ([]byte, bool, error) {
		out, ok, err := appendIP(dst, string(src), kind)
		return out, ok && err == nil, nil
	}, nil
}

func appendIP(dst []byte, text, kind string) ([]byte, bool, error) {
	host, length, hasPrefix := strings.Cut(text, "/")
	a := address{Host: host, Type: strings.ToLower(kind), Snowflake: "ip_address"}
	ip, err := netip.ParseAddr(host)
	if err != nil || ip.Zone() != "" || ip.Is4In6() || hasPrefix && a.Type == "host" || a.Type != "host" && a.Type != "inet" {
		return nil, false, notAnIP(text, kind)
	}
	prefix := netip.PrefixFrom(ip, ip.BitLen())
	if hasPrefix {
		if prefix, err = netip.ParsePrefix(ip.String() + "/" + length); err != nil {
			return nil, false, notAnIP(text, kind)
		}
		bits := prefix.Bits()
		a.Prefix = &bits
	}
	begin, end := ends(prefix)
	if ip.Is4() {
		a.Family, a.IPv4 = 4, word(ip.AsSlice())
		a.Fields[0] = *a.IPv4
		if hasPrefix {
			a.IPv4Beg, a.IPv4End = word(begin), word(end)
		}
	} else {
		a.Family, a.HexIPv6 = 6, fmt.Sprintf("%X", ip.AsSlice())
		for i := range a.Fields {
			a.Fields[i] = *word(ip.AsSlice()[4*i:])
		}
		if hasPrefix {
			a.HexIPv6Beg, a.HexIPv6End = fmt.Sprintf("%X", begin), fmt.Sprintf("%X", end)
		}
	}
	out, err := json.Marshal(a)
	return append(dst, out...), err == nil, err
}

func notAnIP(text, kind string) error {
	return fmt.Errorf("[100038:22018] IP address '%s' is not recognized as %s", text, kind)
}

func word(b []byte) *uint32 {
	n := binary.BigEndian.Uint32(b)
	return &n
}

// ends are the first and the last address of a network.
func ends(p netip.Prefix) (begin, end []byte) {
	begin, end = p.Masked().Addr().AsSlice(), p.Masked().Addr().AsSlice()
	for bit := p.Bits(); bit < 8*len(end); bit++ {
		end[bit/8] |= 1 << (7 - bit%8)
	}
	return begin, end
}
