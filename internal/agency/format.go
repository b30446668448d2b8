package agency

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// ErrEmpty says that a file has not even a header.
var ErrEmpty = errors.New("the file is empty: nothing was imported")

// ColumnError names the columns that a file lacks or has twice.
type ColumnError struct {
	Missing, Double []string
}

func (e *ColumnError) Error() string {
	var parts []string
	if len(e.Missing) > 0 {
		parts = append(parts, "missing column "+quoteAll(e.Missing))
	}
	if len(e.Double) > 0 {
		parts = append(parts, "column named twice: "+quoteAll(e.Double))
	}
	return strings.Join(parts, "; ") + ": nothing was imported"
}

func quoteAll(names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = strconv.Quote(n)
	}
	return strings.Join(quoted, ", ")
}

// Format is how a register's file is written.
type Format struct {
	Name string
	// Source is the register that files of this format come from; "" leaves it
	// to the caller to name it.
	Source  string
	Regions []string
	columns map[column]string
	kinds   map[string]string // the register's words for kinds of placement → ours
}

type column string

const (
	colLatin    column = "name_latin"
	colLocal    column = "name_local"
	colLicence  column = "licence_no"
	colSince    column = "valid_since"
	colDistrict column = "district"
	colAddress  column = "address"
	colPhones   column = "phones"
	colFax      column = "fax"
	colEmails   column = "emails"
	colKinds    column = "kinds"
)

// Formats lists the formats that Import reads.
func Formats() []Format { return []Format{hongKong(), ownFormat()} }

// FormatOf returns the format of that name; false when there is none.
func FormatOf(name string) (Format, bool) {
	for _, f := range Formats() {
		if f.Name == name {
			return f, true
		}
	}
	return Format{}, false
}

// hongKong is the register that Hong Kong's Employment Agencies Administration
// published in 2021. It has no licence number, no expiry and no state.
func hongKong() Format {
	return Format{
		Name: "hk-eaa", Source: "hk-eaa-2021", Regions: []string{"HK"},
		columns: map[column]string{
			colLatin: "English Company Name", colLocal: "Chinese Company Name", colSince: "Valid Licence since",
			colDistrict: "District", colAddress: "Address", colPhones: "Telephone No", colFax: "FAX",
			colEmails: "Email", colKinds: "Placement Type",
		},
		kinds: map[string]string{
			"foreign domestic helpers": "domestic_foreign", "local domestic helpers": "domestic_local",
			"office staff / executive search": "office", "imported worker": "imported", "other non-office worker": "other",
		},
	}
}

// ownFormat is for registers that are written for the portal: UTF-8, commas, a
// header with these names in any order, several phones, e-mails or kinds in one
// cell divided by "/" or ";".
func ownFormat() Format {
	f := Format{Name: "csv", Regions: []string{"KH"}, columns: map[column]string{}}
	for _, c := range []column{colLatin, colLocal, colLicence, colSince, colDistrict, colAddress, colPhones, colFax, colEmails, colKinds} {
		f.columns[c] = string(c)
	}
	return f
}

// layout finds the columns of the format in a header.
func (f Format) layout(header []string) (layout, error) {
	at := map[string]int{}
	var problem ColumnError
	for i, name := range header {
		key := strings.ToLower(clean(name))
		if _, twice := at[key]; twice && key != "" {
			problem.Double = append(problem.Double, clean(name))
		}
		at[key] = i
	}
	l := layout{format: f, at: map[column]int{}}
	for _, c := range []column{colLatin, colLocal, colLicence, colSince, colDistrict, colAddress, colPhones, colFax, colEmails, colKinds} {
		name, used := f.columns[c]
		if !used {
			continue
		}
		i, found := at[strings.ToLower(name)]
		if !found {
			problem.Missing = append(problem.Missing, name)
		}
		l.at[c] = i
	}
	if problem.Missing != nil || problem.Double != nil {
		return layout{}, &problem
	}
	return l, nil
}

// layout turns the fields of a row into a record.
type layout struct {
	format Format
	at     map[column]int
}

func (l layout) cell(fields []string, c column) string {
	i, used := l.at[c]
	if !used {
		return ""
	}
	return clean(fields[i])
}

// record reads a row. The year of a cell that is none is reported here, all
// other checks are the record's.
func (l layout) record(fields []string) (Record, Reason) {
	r := Record{
		NameLatin: l.cell(fields, colLatin), NameLocal: l.cell(fields, colLocal),
		LicenceNo: strings.ToUpper(l.cell(fields, colLicence)), State: Listed,
		District: l.cell(fields, colDistrict), Address: l.cell(fields, colAddress),
		Phones: l.cell(fields, colPhones), Fax: l.cell(fields, colFax), Emails: l.cell(fields, colEmails),
		Kinds: l.kinds(l.cell(fields, colKinds)), Regions: l.format.Regions,
	}
	if since := l.cell(fields, colSince); since != "" {
		year, err := strconv.Atoi(since)
		if err != nil || year < earliestYear {
			return Record{}, ReasonYear
		}
		r.ValidSinceYear = year
	}
	return r, ""
}

var kindEnds = regexp.MustCompile(`\s*[,;]\s*`)

func (l layout) kinds(cell string) []string {
	divided := kindEnds.Split(cell, -1)
	if l.format.kinds == nil {
		divided = strings.FieldsFunc(cell, func(r rune) bool { return r == ',' || r == ';' || r == '/' })
	}
	kinds := []string{}
	for _, k := range divided {
		k = clean(k)
		if ours := l.format.kinds[strings.ToLower(k)]; ours != "" {
			k = ours
		}
		if k != "" && len(kinds) < maxKindsNo {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// readHeader takes the first row and lays the columns out.
func (f Format) readHeader(in *rows) (layout, error) {
	header, err := in.next()
	if err != nil {
		return layout{}, ErrEmpty
	}
	if header.Why != "" {
		return layout{}, fmt.Errorf("the header cannot be read (%s): nothing was imported", header.Why)
	}
	return f.layout(header.Fields)
}
