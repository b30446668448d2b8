package demo

import "github.com/fairpassage/portal/internal/complaint"

// brokerTellings name one man's three phones for several agencies. The second
// and the third phone are named less often than the first.
func brokerTellings() []telling {
	rows := []struct {
		agency string
		day    int
		phone  int
		lang   string
		words  string
	}{
		{"tall-bamboo", -140, 0, "km", "បុរសម្នាក់ឈ្មោះហៅក្រៅ «បងធំ» មកភូមិ ប្រមូលលុយមនុស្សដប់ពីរនាក់ ថាក្រុមហ៊ុននេះចាត់មក។ ក្រុមហ៊ុនថាមិនស្គាល់។"},
		{"two-elephants", -118, 0, "km", "គាត់ឱ្យខ្ញុំខ្ចីលុយគាត់បង់ថ្លៃលិខិតឆ្លងដែន ការប្រាក់ដប់ភាគរយក្នុងមួយខែ ហើយយកប្លង់ដីជាបញ្ចាំ។"},
		{"clear-water", -83, 0, "en", "The man who recruited us uses this agency's papers, but in the next village he showed papers of a different one."},
		{"tall-bamboo", -66, 0, "km", "ប្អូនស្រីខ្ញុំអាយុតិចជាងក្នុងឯកសារពីរឆ្នាំ។ មេខ្យល់នោះជាអ្នកកែ។ យើងចង់ឱ្យគេឈប់។"},
		{"two-elephants", -35, 0, "vi", "Người môi giới thu tiền đặt cọc ở chợ, đưa biên lai không có dấu, rồi tắt máy."},
		{"tall-bamboo", -29, 1, "km", "លេខនេះផ្ញើសារថា បើមិនបង់បន្ថែមបីរយដុល្លារ ទិដ្ឋាការនឹងត្រូវលុប។"},
		{"clear-water", -21, 1, "th", "นายหน้าคนเดิมเปลี่ยนเบอร์ใหม่ บอกให้โอนเงินเข้าบัญชีแม่ของเขา ไม่ใช่บัญชีบริษัท"},
		{phoenix, -14, 1, "km", "អ្នកនាំផ្លូវប្រាប់ថា ក្រុមហ៊ុនចាស់បិទហើយ តែមនុស្សដដែល ការិយាល័យដដែល គ្រាន់តែប្តូរឈ្មោះ។"},
		{"two-elephants", -9, 2, "km", "មានលេខថ្មីមួយទៀតហៅមក សំឡេងបងធំដដែល សួរថាអ្នកណានៅភូមិចង់ទៅទៀត។"},
	}
	var all []telling
	for i, r := range rows {
		all = append(all, telling{agency: r.agency, day: r.day, in: complaint.Intake{
			Language: r.lang, Safe: complaint.SafeNow, About: complaint.AboutSelf, FeeUSD: usd(300 + 35*i), DebtUSD: usd(250 + 60*i),
			Indicators:  phases{complaint.Deception: {complaint.Before}, complaint.DebtBondage: {complaint.Before}},
			BrokerPhone: brokerPhones[r.phone], Narrative: r.words,
			Contact: complaint.Contact{Phone: familyPhone(900 + i), How: "message"},
		}})
	}
	return all
}

// ladderTellings are about the revoked agency and, later, about the one that
// its people opened: too few and too far apart for a rule on complaints alone.
func (w *world) ladderTellings() []telling {
	row := func(agency string, day, n int, lang, words string) telling {
		return telling{agency: agency, day: day, in: complaint.Intake{
			Language: lang, Safe: complaint.SafeNow, About: complaint.AboutSelf, FeeUSD: usd(600 + 50*n), Narrative: words,
			Indicators: phases{complaint.Deception: {complaint.Before}},
			Contact:    complaint.Contact{Phone: familyPhone(950 + n), How: "call"},
		}}
	}
	return []telling{
		row(revoked, -610, 0, "km", "គេយកលុយលើសពីតារាង ហើយបង្កាន់ដៃសរសេរតិចជាងអ្វីដែលខ្ញុំបង់។"),
		row(revoked, -540, 1, "km", "ក្រុមហ៊ុនដាក់ឈ្មោះបងស្រីខ្ញុំក្នុងលិខិតឆ្លងដែនរបស់ខ្ញុំ។"),
		row(revoked, -455, 2, "en", "They kept the land title of my parents as a guarantee and will not give it back though I never left."),
		row(phoenix, -190, 3, "km", "ខ្ញុំស្គាល់នាយកនេះ គាត់ជាម្ចាស់ក្រុមហ៊ុនជណ្តើរមាសដែលត្រូវបិទ។ ការិយាល័យនៅកន្លែងដដែល។"),
	}
}

// officialTelling accuses an official: it must never reach his own unit.
func officialTelling() telling {
	return telling{agency: "stone-gate", day: -45, office: "province-east", in: complaint.Intake{
		Language: "km", Safe: complaint.NotSure, Phone: complaint.SharedPhone, About: complaint.AboutWorker, Official: true,
		Narrative:  "មន្ត្រីម្នាក់នៅការិយាល័យខេត្តខាងកើត យកលុយពីក្រុមហ៊ុន រួចប្រាប់ឈ្មោះអ្នកប្តឹងឱ្យក្រុមហ៊ុនដឹង។ ខ្ញុំមិនហ៊ានប្តឹងនៅទីនោះទៀតទេ។",
		Indicators: phases{complaint.Threats: {complaint.Before}},
	}}
}

// localTelling happened in the province: somebody from elsewhere reads it
// before the labour office there may have it.
func localTelling() telling {
	return telling{agency: "stone-gate", day: -1, in: complaint.Intake{
		Language: "km", Safe: complaint.NotSure, Phone: complaint.OwnPhone, About: complaint.AboutSelf, Country: "KH",
		Place: "Eastern Province, the house with the blue gate behind the market", NeverDeparted: true, FeeUSD: usd(650),
		Narrative: "ខ្ញុំបានបង់លុយតាំងពីឆ្នាំមុន តែមិនទាន់បានទៅទេ។ គេយកលិខិតឆ្លងដែនខ្ញុំទុក ហើយមិនព្រមឱ្យវិញ។",
		MayAct:    []complaint.MayAct{complaint.LabourDesk},
	}}
}
