package matching

import (
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestFoldMakesSpellingsOfOneNameEqual(t *testing.T) {
	for _, tt := range []struct{ name, a, b string }{
		{"case and width", "ＳＵＮＲＩＳＥ Agency", "sunrise agency"},
		{"diacritics", "Nguyễn Thị Ánh Đào", "nguyen thi anh dao"},
		{"decomposed", "Cafe\u0301", "Café"},
		{"punctuation", "A.B.C. Co., Ltd.", "A B C  Co Ltd"},
		{"apostrophe", "WRIGHT INT'L", "Wright Int’l"},
		{"brackets", "Goodwill (HK) Limited", "goodwill hk limited"},
		{"zero-width space in Khmer", "សុខ\u200bដារ៉ា", "សុខដារ៉ា"},
		{"Khmer subscript da and ta", "ក្ដី", "ក្តី"},
		{"Khmer subscript ro order", "ស្រ្តី", "ស្ត្រី"},
		{"Khmer split vowel", "កេី", "កើ"},
		{"Khmer digits", "ភូមិ១២", "ភូមិ12"},
		{"Thai sara am", "น้ำ", "น้ํา"},
		{"ideographic space", "永和　僱傭", "永和 僱傭"},
		{"sharp s", "Straße", "STRASSE"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if a, b := Fold(tt.a), Fold(tt.b); a != b {
				t.Errorf("%q and %q differ", a, b)
			}
		})
	}
}

func TestFoldKeepsVowelMarksOfOtherScripts(t *testing.T) {
	for _, s := range []string{"សុខ", "ដារ៉ា", "ที่", "ကျော်", "ນ້ຳ"} {
		if Fold(s) == "" || utf8.RuneCountInString(Fold(s)) < utf8.RuneCountInString(s) {
			t.Errorf("Fold(%q) lost something: %q", s, Fold(s))
		}
	}
	if Fold("ស៊ុន") == Fold("សុន") {
		t.Error("two Khmer names became one")
	}
}

func TestSkeletonMeetsAcrossRomanisations(t *testing.T) {
	for _, pair := range [][2]string{
		{"Sophea", "Sofia"},
		{"Phally", "Fali"},
		{"Khieu Samnang", "Samnang Kieu"},
		{"Chea", "Jea"},
		{"Chantrea", "Chantria"},
		{"Vanna", "Wanna"},
		{"Bopha", "Popha"},
		{"Dara", "Tara"},
		{"Sokhom", "Sokom"},
		{"Yim", "Yem"},
		{"Nguyen", "Nguyên"},
		{"Ratanak", "Rattanak"},
		{"Thida", "Tida"},
		{"Quach", "Kuach"},
		{"Malika", "Malica"},
		{"Oeun", "Eun"},
		{"Seng", "Sengh"},
	} {
		if a, b := Skeleton(pair[0]), Skeleton(pair[1]); a != b || a == "" {
			t.Errorf("%s -> %q, %s -> %q", pair[0], a, pair[1], b)
		}
	}
}

func TestSkeletonKeepsDifferentNamesApart(t *testing.T) {
	for _, pair := range [][2]string{{"Sokha", "Sopha"}, {"Chan", "Chang"}, {"Lim", "Rim"}, {"Mony", "Mom"}, {"សុខា", "សុភា"}} {
		if a := Skeleton(pair[0]); a == Skeleton(pair[1]) {
			t.Errorf("%s and %s are both %q", pair[0], pair[1], a)
		}
	}
}

func TestCompanyFoldDropsTheFormAndKeepsTheName(t *testing.T) {
	for in, want := range map[string]string{
		"Sunlight Employment Agency":                "sunlight",
		"SUNLIGHT EMPLOYMENT AGENCY CO., LIMITED":   "sunlight",
		"Technic Employment Service Center Limited": "technic",
		"A & E Employment Centre":                   "a e",
		"Goodwill (Hong Kong) Limited":              "goodwill hong kong",
		"The Employment Agency":                     "the employment agency",
		"Employment Agency":                         "employment agency",
		"Hong Kong Company Limited":                 "hong kong company limited",
		"Limited":                                   "limited",
		"Coast Recruitment Pte. Ltd.":               "coast recruitment",
		"PT Laut Biru Tbk":                          "laut biru",
		"Công ty TNHH Sao Mai":                      "sao mai",
		"永和僱傭中心有限公司":                                "永和",
		"永和僱傭公司":                                    "永和",
		"有限公司":                                      "有限公司",
		"期柏有限公司":                                    "期柏",
		"譽諾(香港)有限公司":                                "譽諾 香港",
		"ក្រុមហ៊ុន ផ្កាឈូក ឯ.ក":                     "ផ្កាឈូក",
		"ក្រុមហ៊ុន\u200bផ្កាឈូក":                    "ផ្កាឈូក",
		"บริษัท ดอกบัว จำกัด":                       "ดอกบัว",
		"": "",
	} {
		if got := CompanyFold(in); got != want {
			t.Errorf("CompanyFold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCompanyFormsAreWrittenAsFolded(t *testing.T) {
	for _, u := range unspaced {
		if Fold(u.form) != u.form {
			t.Errorf("%q never matches: it folds to %q", u.form, Fold(u.form))
		}
	}
	for _, list := range [][]string{legalWords, legalFirst, tradeEnds, notNames} {
		for _, w := range list {
			if Fold(w) != w {
				t.Errorf("%q never matches", w)
			}
		}
	}
}

func TestBigramsIndexTwoCharacters(t *testing.T) {
	for in, want := range map[string][]string{
		"永和僱傭":     {"永和", "和僱", "僱傭"},
		"21世紀人事":   {"世紀", "紀人", "人事"},
		"樂":        {"樂"},
		"A樂B和平":    {"樂", "和平"},
		"Sunlight": nil,
		"":         nil,
		"女女女":      {"女女"},
		"ខ្មែរ":    {"ខ្", "្ម", "មែ", "ែរ"},
		"ไทย":      {"ไท", "ทย"},
	} {
		if diff := cmp.Diff(want, Bigrams(in)); diff != "" {
			t.Errorf("Bigrams(%q) (-want +got):\n%s", in, diff)
		}
	}
	if !HasSpacelessScript("Sun 陽光") || HasSpacelessScript("Sunlight é") {
		t.Error("script not recognised")
	}
}

func TestSimilarityRanksTheRightNameFirst(t *testing.T) {
	for _, tt := range []struct{ asked, right, wrong string }{
		{"sunlihgt employment", "Sunlight Employment Agency", "Sunrise Travel Agency"},
		{"agency sunlight", "Sunlight Agency", "Sunset Agency"},
		{"ផ្កាឈូក", "ផ្កាឈូក", "ផ្កាម្លិះ"},
		{"永和顧問", "永和僱傭顧問", "大興僱傭"},
	} {
		if r, w := Similarity(tt.asked, tt.right), Similarity(tt.asked, tt.wrong); r <= w {
			t.Errorf("%q: %q %.3f, %q %.3f", tt.asked, tt.right, r, tt.wrong, w)
		}
	}
	if Similarity("Sok Dara", "DARA SOK") != 1 || Similarity("", "") != 0 || Similarity("abc", "xyz") != 0 {
		t.Error("the ends of the scale moved")
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"Nguyễn Đ.", "ស្រ្តី\u200b", "İstanbul ß ﬁ ǅ", "\xff\u0301a", "ក្រ្រ្ត", "A & B Co., Ltd.", "永和僱傭中心", "ͅ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, fn := range []func(string) string{Fold, CompanyFold} {
			once := fn(s)
			if !utf8.ValidString(once) {
				t.Fatalf("invalid UTF-8 %q", once)
			}
			if twice := fn(once); twice != once {
				t.Fatalf("not idempotent: %q, then %q", once, twice)
			}
		}
		if got := Skeleton(s); !utf8.ValidString(got) || (got == "") != (Fold(s) == "") {
			t.Fatalf("Skeleton(%q) = %q", s, got)
		}
		if (CompanyFold(s) == "") != (Fold(s) == "") {
			t.Fatal("a company lost its name")
		}
	})
}

func FuzzBigrams(f *testing.F) {
	for _, s := range []string{"永和僱傭", "ខ្មែរ ក", "a樂", "\xe6\xb0", "ไทย ลาว"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		grams := Bigrams(s)
		if HasSpacelessScript(s) != (len(grams) > 0) {
			t.Fatal("Bigrams and HasSpacelessScript disagree")
		}
		for _, g := range grams {
			if n := utf8.RuneCountInString(g); !utf8.ValidString(g) || n < 1 || n > 2 {
				t.Fatalf("bigram %q", g)
			}
		}
	})
}

func FuzzSimilarity(f *testing.F) {
	f.Add("Sok Dara", "Dara Sok")
	f.Add("永和", "永")
	f.Fuzz(func(t *testing.T, a, b string) {
		s := Similarity(a, b)
		if s < 0 || s > 1 || s != Similarity(b, a) {
			t.Fatalf("Similarity = %v, reversed %v", s, Similarity(b, a))
		}
	})
}
