package demo

import (
	"math/rand/v2"

	"github.com/fairpassage/portal/internal/complaint"
)

// languages in which people of the demonstration write; Khmer most often.
var languages = []string{"km", "en", "km", "th", "km", "vi"}

// phrases of ordinary complaints: how long, what, and what they ask.
var phrases = map[string]struct{ waiting, fooled, hours, asks []string }{
	"km": {
		waiting: []string{
			"ខ្ញុំបានបង់ប្រាក់ឱ្យក្រុមហ៊ុនតាំងពីដើមឆ្នាំ តែគេនៅតែប្រាប់ឱ្យរង់ចាំ។", "គេថានឹងចេញដំណើរក្នុងមួយខែ ឥឡូវកន្លងទៅប្រាំខែហើយ។",
			"ទិដ្ឋាការមិនទាន់មកទេ ហើយគ្មាននរណាទទួលទូរសព្ទឡើយ។", "ខ្ញុំរៀនភាសាចប់យូរហើយ នៅសាលាតែម្តង តែថ្ងៃហោះហើរត្រូវលើកពេលរហូត។",
		},
		fooled: []string{
			"ប្រាក់ខែដែលទទួលបានតិចជាងអ្វីដែលសរសេរក្នុងកិច្ចសន្យា។", "គេសន្យាការងាររោងចក្រ តែទៅដល់ត្រូវធ្វើនៅចម្ការវិញ។",
			"កន្លែងស្នាក់នៅមិនដូចរូបថតដែលគេបង្ហាញទេ។",
		},
		hours: []string{"ពួកយើងធ្វើការថែមម៉ោងរាល់យប់ ហើយគ្មានថ្ងៃសម្រាកទេ។", "ធ្វើការពីព្រលឹមដល់យប់ជ្រៅ មួយខែឈប់បានតែមួយថ្ងៃ។"},
		asks:  []string{"សូមជួយសុំប្រាក់មកវិញ។", "សូមជួយនិយាយជាមួយក្រុមហ៊ុនផង។", "ខ្ញុំគ្រាន់តែចង់ដឹងថាត្រូវធ្វើយ៉ាងណា។", ""},
	},
	"en": {
		waiting: []string{
			"I paid the agency in the cool season and I am still at home.", "They said one month. It is the fifth month now and my visa has not come.",
			"The training ended long ago but every week they move the flight again.", "Nobody at the office answers when I ask for my departure date.",
		},
		fooled: []string{
			"The pay is lower than what the contract says.", "They told me a factory job and it turned out to be farm work.", "Our room is not the one we saw in the pictures.",
		},
		hours: []string{"We work overtime every night and there is no day off.", "The shift is from dawn until late and we rest one day in a month."},
		asks:  []string{"Please help me get the money back.", "Can somebody talk to the agency?", "I only want to know what I can do.", ""},
	},
	"th": {
		waiting: []string{
			"จ่ายเงินให้บริษัทแล้วตั้งแต่ต้นปี แต่ยังไม่ได้เดินทาง", "เขาบอกว่ารอหนึ่งเดือน ตอนนี้ห้าเดือนแล้ววีซ่ายังไม่มา", "เรียนจบแล้วแต่เลื่อนเที่ยวบินทุกสัปดาห์",
		},
		fooled: []string{"เงินเดือนน้อยกว่าที่เขียนในสัญญา", "บอกว่าเป็นงานโรงงาน แต่ไปถึงเป็นงานในไร่"},
		hours:  []string{"ทำล่วงเวลาทุกคืน ไม่มีวันหยุด", "ทำงานตั้งแต่เช้ามืดจนดึก เดือนหนึ่งหยุดวันเดียว"},
		asks:   []string{"ขอให้ช่วยทวงเงินคืน", "ช่วยคุยกับบริษัทให้หน่อย", ""},
	},
	"vi": {
		waiting: []string{
			"Tôi đã đóng tiền cho công ty từ đầu năm mà vẫn chưa được đi.", "Họ hẹn một tháng, nay đã năm tháng mà chưa có thị thực.", "Học xong đã lâu nhưng tuần nào họ cũng lùi ngày bay.",
		},
		fooled: []string{"Lương thấp hơn trong hợp đồng.", "Họ nói làm nhà máy nhưng sang nơi lại làm ruộng."},
		hours:  []string{"Đêm nào cũng tăng ca, không có ngày nghỉ.", "Làm từ sáng sớm đến khuya, một tháng nghỉ một ngày."},
		asks:   []string{"Xin giúp tôi lấy lại tiền.", "Nhờ nói chuyện với công ty giúp tôi.", ""},
	},
}

// plainWords puts an ordinary complaint into words. Half of the people leave
// the story out.
func plainWords(in complaint.Intake, draw *rand.Rand) string {
	if draw.IntN(2) == 0 {
		return ""
	}
	p := phrases[in.Language]
	pick := func(from []string) string { return from[draw.IntN(len(from))] }
	what := pick(p.fooled)
	if _, hours := in.Indicators[complaint.ExcessiveOvertime]; hours {
		what = pick(p.hours)
	}
	if in.NeverDeparted {
		what = pick(p.waiting)
	}
	if ask := pick(p.asks); ask != "" {
		return what + " " + ask
	}
	return what
}
