package views

import (
	"fmt"
	"strconv"
	"time"

	"golang.org/x/text/number"
)

// Date returns the day in words of the language: "14 March 2026". A value at
// exactly midnight UTC is a calendar day and is printed as it stands; any other
// is a moment, printed as the day it fell on in zone. The zero time is "".
func (c *Catalogue) Date(lang string, at time.Time, zone *time.Location) (string, error) {
	if at.IsZero() {
		return "", nil
	}
	if utc := at.UTC(); utc.Equal(utc.Truncate(24 * time.Hour)) {
		at = utc
	} else {
		at = at.In(zone)
	}
	month, err := c.Text(lang, "common.month."+strconv.Itoa(int(at.Month())))
	if err != nil {
		return "", err
	}
	return c.Text(lang, "common.date", "Day", at.Day(), "Month", month, "Year", at.Year())
}

// PartialDate returns as much of a day as somebody remembered: "2025", "March
// 2025", "14 March 2025". What is not known is 0; without a year it is "".
func (c *Catalogue) PartialDate(lang string, year, month, day int) (string, error) {
	switch {
	case year == 0:
		return "", nil
	case month == 0:
		return c.Text(lang, "common.year", "Year", year)
	case day == 0:
		name, err := c.Text(lang, "common.month."+strconv.Itoa(month))
		if err != nil {
			return "", err
		}
		return c.Text(lang, "common.month_year", "Month", name, "Year", year)
	}
	return c.Date(lang, time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC), time.UTC)
}

// DateTime returns day, time of day and the name of the zone, since an officer
// abroad and the ministry at home read the same page. The zero time is "".
func (c *Catalogue) DateTime(lang string, at time.Time, zone *time.Location) (string, error) {
	if at.IsZero() {
		return "", nil
	}
	local := at.In(zone)
	day, err := c.Date(lang, time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC), zone)
	if err != nil {
		return "", err
	}
	return c.Text(lang, "common.datetime", "Date", day, "Time", local.Format("15:04"), "Zone", local.Format("MST"))
}

// Number returns an integer or a decimal grouped for the language.
func (c *Catalogue) Number(lang string, value any) (string, error) {
	v, ok := c.voices[lang]
	if !ok {
		return "", fmt.Errorf("number: no language %q", lang)
	}
	switch value.(type) {
	case int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, float32, float64:
		return v.printer.Sprint(number.Decimal(value, number.MaxFractionDigits(2))), nil
	}
	return "", fmt.Errorf("number: %T is not a number", value)
}

// moment accepts what page structs hold: a time or a pointer to one.
func moment(value any) (time.Time, error) {
	switch at := value.(type) {
	case time.Time:
		return at, nil
	case *time.Time:
		if at == nil {
			return time.Time{}, nil
		}
		return *at, nil
	}
	return time.Time{}, fmt.Errorf("%T is not a time", value)
}
