package demo

import "github.com/fairpassage/portal/internal/complaint"

// fishery is the employer of the trawlers; no placement with it is on record.
const fishery = "Pearl Current Fishery Pte Ltd"

type phases = map[complaint.Indicator][]complaint.Phase

// What men who came back tell, what families can tell, and what they were
// promised.
func aboard(more ...complaint.Indicator) phases {
	said := phases{complaint.DocumentRetention: {complaint.Work}, complaint.ExcessiveOvertime: {complaint.Work}, complaint.WageWithholding: {complaint.Work}}
	for _, m := range more {
		said[m] = []complaint.Phase{complaint.Work}
	}
	return said
}

func fromAshore() phases {
	return phases{complaint.Deception: {complaint.Before}, complaint.Isolation: {complaint.Work}, complaint.WageWithholding: {complaint.Work}}
}

type seaStory struct {
	day     int
	lang    string
	country string
	said    phases
	self    bool // came back himself
	danger  bool
	police  bool
	words   string
}

var seaStories = []seaStory{
	{-241, "km", "ZA", fromAshore(), false, false, false, "ប្តីខ្ញុំដាក់ពាក្យទៅធ្វើការរោងចក្រត្រីនៅជប៉ុន។ គាត់ទូរសព្ទមកម្តងពីកំពង់ផែមួយ ថាគេដាក់គាត់លើទូកនេសាទ រួចបាត់ដំណឹងតាំងពីនោះមក។"},
	{-198, "km", "ZA", fromAshore(), false, false, false, "កូនប្រុសខ្ញុំមិនដែលផ្ញើលុយមកទេ តាំងពីចេញដំណើរ។ ការិយាល័យប្រាប់តែថា សមុទ្រឆ្ងាយ គ្មានសេវាទូរសព្ទ។"},
	{-163, "en", "MU", fromAshore(), false, false, false, "My brother was promised a food factory. A crew member of another boat sent a message that he is at sea, ill, and cannot leave. The office says to wait."},
	{-131, "vi", "ZA", fromAshore(), false, false, false, "Em họ tôi đi cùng nhóm với người Campuchia. Gia đình nhận được đúng một cuộc gọi từ cảng, nói là phải lên tàu cá, từ đó không có tin tức."},
	{-104, "km", "MU", aboard(complaint.Violence), true, false, true, "ខ្ញុំនៅលើទូកដប់មួយខែ។ មេទូកទុកលិខិតឆ្លងដែនពួកយើងទាំងអស់ គេវាយអ្នកដែលធ្វើយឺត។ ខ្ញុំលោតចុះពេលទូកចូលចត ទើបបានមកវិញដោយមានគេជួយ។"},
	{-97, "km", "ZA", fromAshore(), false, false, false, "ពូខ្ញុំទៅតាមក្រុមហ៊ុននេះជាមួយអ្នកភូមិប្រាំនាក់។ គ្មានម្នាក់ណាទូរសព្ទមកផ្ទះទេ អស់ប្រាំបួនខែហើយ។"},
	{-76, "th", "ZA", fromAshore(), false, false, false, "สามีเป็นคนไทยเชื้อสายเขมร ไปกับบริษัทนี้ เขาบอกว่าโรงงานปลากระป๋อง แต่ถูกส่งลงเรือประมง ติดต่อไม่ได้เลย"},
	{-58, "en", "ZA", aboard(complaint.RestrictionOfMovement, complaint.Threats), true, false, true, "Twenty hours a day hauling nets, two or three hours of sleep. The contract we signed at the airport was in a language none of us reads. When I asked to go home the agent on the boat said my family would pay."},
	{-51, "km", "MU", fromAshore(), false, false, false, "ខ្ញុំជាម្តាយ។ គេឱ្យលុយបុរេប្រទានហុកសិបដុល្លារ ហើយកូនខ្ញុំចេញទៅក្នុងយប់នោះ។ ឥឡូវទ្វារការិយាល័យបិទជាប់។"},
	{-40, "km", "ZA", aboard(complaint.Violence, complaint.RestrictionOfMovement), true, false, true, "ពួកយើងមិនដែលបានឡើងគោកទេ ត្រីត្រូវផ្ទេរទៅទូកធំនៅកណ្តាលសមុទ្រ។ អ្នកឈឺម្នាក់ត្រូវគេទុកចោលនៅលើនាវាដឹកជញ្ជូន។ ខ្ញុំមិនបានប្រាក់ខែមួយរៀលណាទេ។"},
	{-31, "vi", "MU", aboard(complaint.Isolation), true, false, false, "Tôi ở trên tàu gần một năm. Hộ chiếu do thuyền trưởng giữ. Chủ tàu nói tiền lương gửi cho công ty môi giới, công ty lại nói chưa nhận."},
	{-23, "en", "ZA", fromAshore(), false, false, false, "Three families of our village ask about their sons. Each was told Japan. A sailor's mission sent us the name of the boat and the harbour, and none of this is in their papers."},
	{-17, "km", "ZA", aboard(complaint.Threats, complaint.DebtBondage), true, false, true, "គេគិតថ្លៃសំបុត្រយន្តហោះ ថ្លៃអាហារ និងថ្លៃសំណាញ់ដាច់ មកលើពួកយើង។ ខ្ញុំធ្វើការមួយឆ្នាំ នៅតែជំពាក់គេ។"},
	{-12, "th", "MU", aboard(complaint.Violence), true, false, false, "ทำงานบนเรือสิบสี่เดือน ไต้ก๋งตีคนที่หลับ พอเรือเข้าเกาะผมหนีขึ้นฝั่ง ยังมีคนเขมรอยู่บนเรืออีกหกคน"},
	{-8, "km", "ZA", fromAshore(), false, true, true, "ប្អូនខ្ញុំផ្ញើសំឡេងតាមទូរសព្ទអ្នកដទៃ ថាដៃគាត់របួសធ្ងន់ ហើយមេទូកមិនឱ្យទៅពេទ្យ។ សូមជួយឆាប់ៗ។"},
	{-3, "km", "ZA", fromAshore(), false, false, false, "ខ្ញុំទៅការិយាល័យ គេដកផ្លាកចេញហើយ។ អ្នកជិតខាងថា ចាងហ្វាងប្តូរឈ្មោះ ហើយទៅបាត់។ ប្តីខ្ញុំនៅលើសមុទ្រ។"},
}

// seaTellings are the trawler ring: a legal licence for one country, men on
// boats elsewhere, families who ask.
func (w *world) seaTellings() []telling {
	var all []telling
	for i, s := range seaStories {
		in := complaint.Intake{
			Language: s.lang, Safe: complaint.SafeNow, About: complaint.AboutFamily, MissingPerson: !s.self,
			Country: s.country, Employer: fishery, Indicators: s.said, Narrative: s.words,
			Contact: complaint.Contact{Phone: familyPhone(800 + i), How: "call"},
			MayAct:  []complaint.MayAct{complaint.LabourDesk, complaint.Police},
		}
		if s.self {
			in.About, in.FeeUSD, in.WageUSD, in.DebtUSD = complaint.AboutSelf, usd(0), usd(150), usd(400+40*i)
		}
		if s.danger {
			in.Safe = complaint.InDanger
		}
		if !s.police {
			in.MayAct = in.MayAct[:1]
		}
		all = append(all, telling{agency: trawlers, day: s.day, in: in})
	}
	return all
}
