package almanac

import (
	"math"
	"time"
)

// What stands in an almanac, worked out for Tokyo. Sunrise and sunset follow the published
// equations of the NOAA solar calculator (gml.noaa.gov/grad/solcalc/calcdetails.html), which are
// those of J. Meeus, Astronomical Algorithms, 2nd ed., chapters 25 and 28; new moons follow chapter
// 49 with its larger terms. Good to about a minute for the sun and a quarter of an hour for the
// moon.

// Tokyo, where the National Astronomical Observatory of Japan counts from.
const (
	TokyoLatitude  = 35.6581
	TokyoLongitude = 139.7414
)

// zenithAtRise is how far the sun's centre is from the zenith when its upper limb is on the
// horizon: 34' of refraction and 16' of the sun's radius below it.
const zenithAtRise = 90.833

func sine(degrees float64) float64       { return math.Sin(degrees * math.Pi / 180) }
func cosine(degrees float64) float64     { return math.Cos(degrees * math.Pi / 180) }
func tangent(degrees float64) float64    { return math.Tan(degrees * math.Pi / 180) }
func normalized(degrees float64) float64 { return math.Mod(math.Mod(degrees, 360)+360, 360) }

// centuries gives the time since noon of 1 January 2000, in Julian centuries.
func centuries(t time.Time) float64 {
	return t.Sub(time.Date(2000, time.January, 1, 12, 0, 0, 0, time.UTC)).Hours() / 24 / 36525
}

// sun says where the sun stands at a moment, in degrees, and by how many minutes a sundial is ahead
// of a clock (the equation of time).
type sun struct {
	longitude, declination, equation float64
}

func sunAt(t time.Time) sun {
	c := centuries(t)
	mean := normalized(280.46646 + c*(36000.76983+c*0.0003032))
	anomaly := 357.52911 + c*(35999.05029-c*0.0001537)
	eccentricity := 0.016708634 - c*(0.000042037+c*0.0000001267)
	centre := sine(anomaly)*(1.914602-c*(0.004817+c*0.000014)) +
		sine(2*anomaly)*(0.019993-c*0.000101) +
		sine(3*anomaly)*0.000289
	node := 125.04 - 1934.136*c
	apparent := mean + centre - 0.00569 - 0.00478*sine(node)
	obliquity := 23 + (26+(21.448-c*(46.815+c*(0.00059-c*0.001813)))/60)/60 + 0.00256*cosine(node)
	y := tangent(obliquity/2) * tangent(obliquity/2)
	equation := y*sine(2*mean) - 2*eccentricity*sine(anomaly) + 4*eccentricity*y*sine(anomaly)*cosine(2*mean) -
		y*y*sine(4*mean)/2 - 1.25*eccentricity*eccentricity*sine(2*anomaly)
	return sun{
		longitude: normalized(apparent), declination: math.Asin(sine(obliquity)*sine(apparent)) * 180 / math.Pi,
		equation: 4 * equation * 180 / math.Pi,
	}
}

// SunriseSunset gives both for the day that begins at midnight, at a place in degrees north and
// east. ok is false where the sun stays up or down.
func SunriseSunset(midnight time.Time, latitude, longitude float64) (rise, set time.Time, ok bool) {
	at := func(sign float64) (time.Time, bool) {
		t := midnight.Add(12 * time.Hour)
		for range 3 { // the sun moves on while the day passes
			s := sunAt(t)
			hour := cosine(zenithAtRise)/(cosine(latitude)*cosine(s.declination)) -
				tangent(latitude)*tangent(s.declination)
			if hour < -1 || hour > 1 {
				return time.Time{}, false
			}
			_, offset := midnight.Zone()
			minutes := 720 - 4*longitude - s.equation + float64(offset)/60 + sign*4*math.Acos(hour)*180/math.Pi
			t = midnight.Add(time.Duration(minutes * float64(time.Minute)))
		}
		return t, true
	}
	if rise, ok = at(-1); !ok {
		return rise, set, false
	}
	set, ok = at(1)
	return rise, set, ok
}

// newMoon gives the moment of the k-th new moon counted from that of 6 January 2000.
func newMoon(k float64) time.Time {
	c := k / 1236.85
	days := 2451550.09766 + 29.530588861*k + c*c*(0.00015437-c*0.00000015)
	e := 1 - c*(0.002516+c*0.0000074)
	s := 2.5534 + 29.1053567*k - c*c*0.0000014     // the sun's mean anomaly
	m := 201.5643 + 385.81693528*k + c*c*0.0107582 // the moon's
	f := 160.7108 + 390.67050284*k - c*c*0.0016118 // the moon's argument of latitude
	n := 124.7746 - 1.56375588*k + c*c*0.0020672   // the ascending node of the moon's orbit
	days += -0.40720*sine(m) + 0.17241*e*sine(s) + 0.01608*sine(2*m) + 0.01039*sine(2*f) +
		0.00739*e*sine(m-s) - 0.00514*e*sine(m+s) + 0.00208*e*e*sine(2*s) - 0.00111*sine(m-2*f) -
		0.00057*sine(m+2*f) + 0.00056*e*sine(2*m+s) - 0.00042*sine(3*m) + 0.00042*e*sine(s+2*f) +
		0.00038*e*sine(s-2*f) - 0.00024*e*sine(2*m-s) - 0.00017*sine(n)
	// From dynamical to civil time: 69 s in these decades.
	seconds := (days-2451545)*86400 - 69
	return time.Date(2000, time.January, 1, 12, 0, 0, 0, time.UTC).Add(time.Duration(seconds * float64(time.Second)))
}

// MoonAge is the days since the last new moon.
func MoonAge(t time.Time) float64 {
	k := math.Floor(centuries(t)*1236.85) + 1
	for newMoon(k).After(t) {
		k--
	}
	return t.Sub(newMoon(k)).Hours() / 24
}

// The 24 seasons from the spring equinox on, one for each 15 degrees of the sun's way.
var seasons = [24]string{
	"春分", "清明", "穀雨", "立夏", "小満", "芒種", "夏至", "小暑", "大暑", "立秋", "処暑", "白露",
	"秋分", "寒露", "霜降", "立冬", "小雪", "大雪", "冬至", "小寒", "大寒", "立春", "雨水", "啓蟄",
}

// Season gives the season that the day stands in at its end; begins says that it is its first day.
func Season(midnight time.Time) (name string, begins bool) {
	at := func(t time.Time) int { return int(sunAt(t).longitude/15) % len(seasons) }
	last := at(midnight.Add(24 * time.Hour))
	return seasons[last], last != at(midnight)
}
