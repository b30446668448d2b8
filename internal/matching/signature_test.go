package matching

import (
	"bytes"
	"math/bits"
	"strings"
	"testing"
)

// Invented accounts on one topic, by different tellers.
var accounts = map[string][]string{
	"English": {
		"My sister went to the fish factory in March. The agent promised four hundred dollars a month but she was paid nothing for five months, and the supervisor keeps her passport in a locked drawer.",
		"I worked on a boat for eleven months. They told us we would go home after one year. When I asked for my wages the captain hit me and said my family still owes money to the agency.",
		"The recruiter came to our village before the new year and took nine people. He said the job was in a garment factory. When they arrived they were sent to a farm and could not leave at night.",
		"I paid one thousand two hundred dollars to the office in the city for a job as a house maid. The employer made me work from four in the morning until midnight and did not let me telephone my mother.",
		"My husband is missing. He signed a contract for construction work and the agency says he ran away, but his friends say the boss sold him to another company and took his papers.",
		"We were six women in one room with no window. The door was locked when the manager went home. Two of us were ill and nobody called a doctor. They cut our pay for every day in bed.",
	},
	"Khmer": {
		"បងស្រីខ្ញុំបានទៅធ្វើការនៅរោងចក្រត្រីតាំងពីខែមីនា។ មេខ្យល់សន្យាថាបានប្រាក់ខែបួនរយដុល្លារ ប៉ុន្តែគាត់មិនបានប្រាក់ខែទេអស់ប្រាំខែហើយ ហើយអ្នកគ្រប់គ្រងទុកលិខិតឆ្លងដែនរបស់គាត់ក្នុងថតចាក់សោ។",
		"ខ្ញុំបានធ្វើការលើទូកនេសាទដប់មួយខែ។ គេប្រាប់ថាយើងនឹងបានត្រឡប់មកផ្ទះវិញក្រោយមួយឆ្នាំ។ ពេលខ្ញុំសុំប្រាក់ឈ្នួល មេទូកវាយខ្ញុំ ហើយនិយាយថាគ្រួសារខ្ញុំនៅជំពាក់លុយក្រុមហ៊ុន។",
		"អ្នកជ្រើសរើសបានមកភូមិយើងមុនចូលឆ្នាំ ហើយយកមនុស្សប្រាំបួននាក់ទៅ។ គាត់ថាជាការងាររោងចក្រកាត់ដេរ។ ពេលទៅដល់ គេបញ្ជូនទៅចម្ការ ហើយចេញទៅណាពេលយប់មិនបានទេ។",
		"ខ្ញុំបានបង់លុយមួយពាន់ពីររយដុល្លារឱ្យការិយាល័យនៅទីក្រុង ដើម្បីបានការងារជាអ្នកបម្រើក្នុងផ្ទះ។ ថៅកែឱ្យខ្ញុំធ្វើការពីម៉ោងបួនភ្លឺដល់កណ្ដាលអធ្រាត្រ ហើយមិនឱ្យទូរស័ព្ទទៅម្ដាយខ្ញុំទេ។",
		"ប្តីខ្ញុំបាត់ខ្លួន។ គាត់បានចុះកិច្ចសន្យាធ្វើការសំណង់ ហើយក្រុមហ៊ុនថាគាត់រត់ចេញ ប៉ុន្តែមិត្តភក្តិគាត់ថាមេការបានលក់គាត់ទៅឱ្យក្រុមហ៊ុនមួយទៀត ហើយយកឯកសាររបស់គាត់អស់។",
		"យើងជាស្ត្រីប្រាំមួយនាក់នៅក្នុងបន្ទប់តែមួយគ្មានបង្អួច។ គេចាក់សោទ្វារពេលអ្នកគ្រប់គ្រងទៅផ្ទះ។ ពីរនាក់ឈឺ ហើយគ្មានអ្នកណាហៅពេទ្យទេ។ គេកាត់ប្រាក់ខែរាល់ថ្ងៃដែលយើងដេកឈឺ។",
	},
}

// edits turn an account into a light copy of itself: another number, another
// kin, a sentence more, spaces gone.
var edits = map[string]*strings.Replacer{
	"English": strings.NewReplacer("sister", "cousin", "husband", "brother", "four", "three", "eleven", "nine", "nine", "ten", "five", "six", "one", "two", "six", "seven"),
	"Khmer":   strings.NewReplacer("បងស្រី", "ប្អូនស្រី", "ប្តី", "បង", "បួន", "បី", "ដប់មួយ", "ប្រាំបួន", "ប្រាំបួន", "ដប់", "មួយ", "ពីរ", "ប្រាំមួយ", "ប្រាំពីរ"),
}

func testHasher(t testing.TB, seed byte) *Hasher {
	t.Helper()
	h, err := NewHasher(bytes.Repeat([]byte{seed}, minKey))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *Hasher) sign(text string) uint64 { return h.mark(Text(text)).Signature }

// The limit of ten bits lies between two heaps. Over 40 keys, copies with up to
// six words changed lie 6 bits apart in the middle and almost all under 14;
// tales of different people on one topic lie 28 to 29 apart, none under 15.
// Every pair of tellers merged by mistake would silence a witness, so the limit
// stays nearer to the copies.
func TestNearDuplicateTellsCopiesFromOtherTellers(t *testing.T) {
	for lang, texts := range accounts {
		found, copies, closest := 0, 0, 64
		for seed := byte(1); seed <= 40; seed++ {
			h := testHasher(t, seed)
			for i, text := range texts {
				changed := edits[lang].Replace(text)
				longer := text + " " + texts[(i+1)%len(texts)][:30]
				for _, c := range []string{changed, longer} {
					copies++
					if NearDuplicate(h.sign(text), h.sign(c)) {
						found++
					}
				}
				for _, other := range texts[:i] {
					closest = min(closest, bits.OnesCount64(h.sign(text)^h.sign(other)))
				}
			}
		}
		if found*100 < 80*copies {
			t.Errorf("%s: %d of %d copies found", lang, found, copies)
		}
		if closest <= nearBits+2 {
			t.Errorf("%s: two tellers are %d bits apart", lang, closest)
		}
	}
}

func TestSpacingCaseAndPunctuationDoNotChangeASignature(t *testing.T) {
	h := testHasher(t, 1)
	a := accounts["English"][0]
	b := strings.ToUpper(strings.NewReplacer(".", " !", ",", "").Replace(a))
	if h.sign(a) != h.sign(b) {
		t.Error("English signature moved")
	}
	k := accounts["Khmer"][0]
	if h.sign(k) != h.sign(strings.ReplaceAll(k, " ", "\u200b")) {
		t.Error("Khmer signature moved")
	}
}

func TestShortTextsAreNearToNothing(t *testing.T) {
	h := testHasher(t, 1)
	for _, s := range []string{"", "help me please", "ជួយខ្ញុំផង", strings.Repeat(". ", 500)} {
		if sig := h.sign(s); sig != 0 || NearDuplicate(sig, sig) {
			t.Errorf("%q has a signature", s)
		}
	}
	if long := h.sign(strings.Repeat("a ", 200_000)); long == 0 {
		t.Error("a long text has none")
	}
}

func TestSignaturesOfDifferentKeysAreStrangers(t *testing.T) {
	text := accounts["English"][1]
	if NearDuplicate(testHasher(t, 1).sign(text), testHasher(t, 2).sign(text)) {
		t.Error("the key does not matter")
	}
}
