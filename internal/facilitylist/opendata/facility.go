package opendata

import "slices"

// Edition is which columns a file has.
type Edition string

// The editions.
const (
	Current Edition = "current"
	Legacy  Edition = "legacy" // 推奨データセット
)

// Encoding is how a file is written.
type Encoding string

// The encodings. UTF-16 is read only.
const (
	UTF8  Encoding = "utf-8"
	UTF16 Encoding = "utf-16"
	CP932 Encoding = "cp932"
)

// Facility is one row, by meaning. Code is as written: what it means is the reader's to decide. A
// time is "09:00" to "24:00".
type Facility struct {
	Code, ID, Municipality                string
	Name, Kana, English, Alias, POICode   string
	Address, Prefecture, City, Building   string
	Latitude, Longitude                   *float64
	Phone, Extension, Email               string
	PostalCode, CorporateNumber, Operator string
	Weekdays                              []int // 0 is Sunday
	Opens, Closes                         string
	HoursNote, Description                string
	Facts                                 map[string]bool // by Fact; absent: not stated
	FactsNote                             string
	URL, Image, ImageLicense, Note        string
}

// Facts are the words for what a building has, in the order of their columns.
var Facts = []string{
	"wheelchair_access",
	"wheelchair_loan",
	"cane_loan",
	"multipurpose_toilet",
	"slope_elevator",
	"tactile_paving",
	"braille_voice",
	"assistance_dog",
	"captions",
	"writing",
	"priority_parking",
	"ostomate_toilet",
	"nursing_room",
	"diaper_table",
	"food_drink",
	"stroller_loan",
	"stroller_use",
}

// factColumns are their names in the current edition.
var factColumns = []string{
	"車椅子可", "車椅子貸出", "ツエ貸出", "多目的トイレ", "スロープ、エレベータ、エスカレータ", "点字ブロック等の移動支援", "点字や読上による支援", "盲導犬・介助犬・聴導犬同伴", "字幕", "筆談対応",
	"優先駐車場", "オストメイト対応トイレ", "授乳室", "おむつ替えコーナー", "飲食可否", "ベビーカー貸出", "ベビーカー利用",
}

// column is one of a file; cell is nil for what we neither have nor keep.
type column struct {
	name string
	// cell gives the place of a text in a facility; others are read and written apart.
	cell func(f *Facility) *string
}

func kept(name string, cell func(f *Facility) *string) column { return column{name, cell} }

func apart(name string) column { return column{name, nil} }

// columns of the current edition, in order.
var current = slices.Concat([]column{
	kept(
		"全国地方公共団体コード",
		func(f *Facility) *string { return &f.Code },
	),
	kept("ID", func(f *Facility) *string { return &f.ID }),
	kept(
		"地方公共団体名",
		func(f *Facility) *string { return &f.Municipality },
	),
	kept("名称", func(f *Facility) *string { return &f.Name }),
	kept(
		"名称_カナ",
		func(f *Facility) *string { return &f.Kana },
	),
	kept("名称_英字", func(f *Facility) *string { return &f.English }),
	kept(
		"名称_通称",
		func(f *Facility) *string { return &f.Alias },
	),
	kept("POIコード", func(f *Facility) *string { return &f.POICode }),
	apart("外部識別子"),
	apart("外部識別子の値"),
	apart("所在地_全国地方公共団体コード"),
	apart("町字ID"),
	kept(
		"所在地_連結表記",
		func(f *Facility) *string { return &f.Address },
	),
	kept("所在地_都道府県", func(f *Facility) *string { return &f.Prefecture }),
	kept("所在地_市区町村", func(f *Facility) *string { return &f.City }),
	apart("所在地_町字"),
	apart("所在地_番地以下"),
	kept(
		"建物名等（方書）",
		func(f *Facility) *string { return &f.Building },
	),
	apart("緯度"),
	apart("経度"),
	apart("高度の種別"),
	apart("高度の値"),
	kept(
		"電話番号",
		func(f *Facility) *string { return &f.Phone },
	),
	kept("内線番号", func(f *Facility) *string { return &f.Extension }),
	kept("連絡先メールアドレス", func(f *Facility) *string { return &f.Email }),
	apart("連絡先FormURL"),
	apart("連絡先備考（その他、SNSなど）"),
	kept(
		"郵便番号",
		func(f *Facility) *string { return &f.PostalCode },
	),
	kept("法人番号", func(f *Facility) *string { return &f.CorporateNumber }),
	kept(
		"団体名",
		func(f *Facility) *string { return &f.Operator },
	),
	apart("利用可能曜日"),
	kept("開始時間", func(f *Facility) *string { return &f.Opens }),
	kept(
		"終了時間",
		func(f *Facility) *string { return &f.Closes },
	),
	kept("利用可能時間特記事項", func(f *Facility) *string { return &f.HoursNote }),
	kept("説明", func(f *Facility) *string { return &f.Description }),
}, factCells(), []column{
	kept("URL", func(f *Facility) *string { return &f.URL }),
	kept("画像", func(f *Facility) *string { return &f.Image }),
	kept(
		"画像ライセンス",
		func(f *Facility) *string { return &f.ImageLicense },
	),
	kept("備考", func(f *Facility) *string { return &f.Note }),
})

func factCells() (all []column) {
	for _, name := range factColumns {
		all = append(all, apart(name))
	}
	return all
}

// columns of the edition before, in order.
var legacy = []column{
	kept(
		"都道府県コード又は市区町村コード",
		func(f *Facility) *string { return &f.Code },
	),
	kept("NO", func(f *Facility) *string { return &f.ID }),
	kept(
		"都道府県名",
		func(f *Facility) *string { return &f.Prefecture },
	),
	kept("市区町村名", func(f *Facility) *string { return &f.City }),
	kept(
		"名称",
		func(f *Facility) *string { return &f.Name },
	),
	kept("名称_カナ", func(f *Facility) *string { return &f.Kana }),
	kept(
		"名称_通称",
		func(f *Facility) *string { return &f.Alias },
	),
	kept("POIコード", func(f *Facility) *string { return &f.POICode }),
	kept(
		"住所",
		func(f *Facility) *string { return &f.Address },
	),
	kept("方書", func(f *Facility) *string { return &f.Building }),
	apart("緯度"),
	apart("経度"),
	kept(
		"電話番号",
		func(f *Facility) *string { return &f.Phone },
	),
	kept("内線番号", func(f *Facility) *string { return &f.Extension }),
	kept(
		"法人番号",
		func(f *Facility) *string { return &f.CorporateNumber },
	),
	kept("団体名", func(f *Facility) *string { return &f.Operator }),
	apart(
		"利用可能曜日",
	),
	kept("開始時間", func(f *Facility) *string { return &f.Opens }),
	kept("終了時間", func(f *Facility) *string { return &f.Closes }),
	kept(
		"利用可能日時特記事項",
		func(f *Facility) *string { return &f.HoursNote },
	),
	kept("説明", func(f *Facility) *string { return &f.Description }),
	kept(
		"バリアフリー情報",
		func(f *Facility) *string { return &f.FactsNote },
	),
	kept("URL", func(f *Facility) *string { return &f.URL }),
	kept("備考", func(f *Facility) *string { return &f.Note }),
}

func columnsOf(e Edition) []column {
	if e == Legacy {
		return legacy
	}
	return current
}
