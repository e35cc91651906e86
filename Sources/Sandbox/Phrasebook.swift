/// Phrases of one language for captions.
struct Phrasebook: Sendable {
    /// The starts of sentences.
    let openings: [String]

    /// The subjects, one for each ``Motif`` in its order.
    let subjects: [String]

    /// The sentences that may follow.
    let closings: [String]

    /// The space between words; empty in some languages.
    var space = " "

    /// The end of a sentence.
    var stop = "."

    /// Used in half of all captions. Contains characters that HTML and JSON must escape.
    static let english = Phrasebook(
        openings: [
            "Today:", "Back to", "Slow morning with", "Can't stop looking at", "Sunday mood:", "Proof that we saw",
            "New print:", "\"Just one more\", and then", "Sketchbook & coffee:", "Light > words:", "Finally,",
        ],
        subjects: [
            "hills behind hills behind hills", "the sun going down into the sea", "wave after wave",
            "paths that never end", "circles & squares", "colours like silk", "ten thousand dots",
            "a planet with company", "layers of cut paper",
        ],
        closings: [
            "Worth the early alarm!", "Light & shadow <3", "Which one would you hang on your wall?",
            "She said \"keep it\", so I did.", "Made with love & far too much tea.", "No filter, promise.",
            "if (sunset > plans) { stay(); }", "Prints in the shop – link in bio 👆", "5 < 7 colours, still enough.",
            "That's it. That's the post.", "<b>Bold</b> choice, I know.", "100% made by hand; 0% regrets…",
        ]
    )

    /// Used in the other half of all captions, each equally often.
    static let others = [
        spanish, french, german, portuguese, greek, ukrainian, turkish, arabic, hebrew, hindi, japanese, chinese,
        korean,
    ]

    private static let spanish = Phrasebook(
        openings: ["Hoy:", "Otra vez", "Domingo con", "¡Por fin,"],
        subjects: [
            "colinas y más colinas", "el sol que cae al mar", "ola tras ola", "caminos sin fin", "círculos y cuadrados",
            "colores de seda", "diez mil puntos", "un planeta acompañado", "capas de papel",
        ],
        closings: ["¿Cuál te gusta más?", "Mañana más.", "Con cariño & café."],
        stop: "!"
    )

    private static let french = Phrasebook(
        openings: ["Aujourd’hui :", "Retour à", "L’été, c’est", "Enfin"],
        subjects: [
            "des collines à perte de vue", "le soleil dans la mer", "vague après vague", "des chemins sans fin",
            "des cercles et des carrés", "des couleurs de soie", "dix mille points", "une planète bien entourée",
            "des couches de papier découpé",
        ],
        closings: ["« Encore une », dit-elle.", "Bonne soirée à tous !", "Où l’accrocheriez-vous ?"]
    )

    private static let german = Phrasebook(
        openings: ["Heute:", "Endlich wieder", "Sonntags:", "Größer als gedacht:"],
        subjects: [
            "Hügel hinter Hügeln", "die Sonne über dem Meer", "Welle um Welle", "Wege ohne Ende", "Kreise & Quadrate",
            "Farben wie Seide", "zehntausend Punkte", "ein Planet in Gesellschaft", "Schichten aus Papier",
        ],
        closings: ["Schöne Grüße aus dem Süden!", "„Noch eins“, sagte sie.", "Früh aufstehen lohnt sich."]
    )

    private static let portuguese = Phrasebook(
        openings: ["Hoje:", "De volta:", "Manhã com", "Coração cheio:"],
        subjects: [
            "colinas atrás de colinas", "o sol a cair no mar", "onda após onda", "caminhos sem fim",
            "círculos e quadrados", "cores de seda", "dez mil pontos", "um planeta acompanhado", "camadas de papel",
        ],
        closings: ["Saudade…", "Até amanhã!", "Feito à mão."]
    )

    private static let greek = Phrasebook(
        openings: ["Σήμερα:", "Επιτέλους,", "Κυριακή με"],
        subjects: [
            "λόφοι πίσω από λόφους", "ο ήλιος στη θάλασσα", "κύμα το κύμα", "δρόμοι χωρίς τέλος",
            "κύκλοι και τετράγωνα", "χρώματα σαν μετάξι", "δέκα χιλιάδες τελείες", "ένας πλανήτης με παρέα",
            "στρώματα από χαρτί",
        ],
        closings: ["Καλό βράδυ!", "Άλλο ένα αύριο."]
    )

    private static let ukrainian = Phrasebook(
        openings: ["Сьогодні:", "Нарешті", "Неділя:"],
        subjects: [
            "пагорби за пагорбами", "сонце над морем", "хвиля за хвилею", "стежки без кінця", "кола й квадрати",
            "барви, мов шовк", "десять тисяч крапок", "планета в товаристві", "шари паперу",
        ],
        closings: ["Гарного вечора!", "Далі буде…"]
    )

    private static let turkish = Phrasebook(
        openings: ["Bugün:", "Nihayet", "Pazar sabahı:"],
        subjects: [
            "tepelerin ardında tepeler", "denizde batan güneş", "dalga dalga", "bitmeyen yollar", "daireler ve kareler",
            "ipek gibi renkler", "on bin nokta", "yalnız olmayan bir gezegen", "kat kat kâğıt",
        ],
        closings: ["İyi akşamlar!", "Işık her şeydir."]
    )

    private static let arabic = Phrasebook(
        openings: ["اليوم:", "أخيرًا", "صباح الخير مع"],
        subjects: [
            "تلال وراء تلال", "الشمس فوق البحر", "موجة بعد موجة", "دروب بلا نهاية", "دوائر ومربعات",
            "ألوان كالحرير", "عشرة آلاف نقطة", "كوكب وله رفاق", "طبقات من الورق",
        ],
        closings: ["ما رأيكم؟", "مساء النور!"]
    )

    private static let hebrew = Phrasebook(
        openings: ["היום:", "סוף סוף", "בוקר טוב עם"],
        subjects: [
            "גבעות מאחורי גבעות", "השמש שוקעת בים", "גל אחר גל", "שבילים בלי סוף", "עיגולים וריבועים",
            "צבעים כמו משי", "עשרת אלפים נקודות", "כוכב לכת עם חברים", "שכבות של נייר",
        ],
        closings: ["מה דעתכם?", "ערב טוב!"]
    )

    private static let hindi = Phrasebook(
        openings: ["आज:", "आख़िरकार", "रविवार की सुबह:"],
        subjects: [
            "पहाड़ियों के पीछे पहाड़ियाँ", "समुद्र में डूबता सूरज", "लहर पर लहर", "कभी न ख़त्म होने वाली राहें",
            "गोले और चौकोर", "रेशम जैसे रंग", "दस हज़ार बिंदु", "एक ग्रह और उसके साथी", "काग़ज़ की परतें",
        ],
        closings: ["आपको कैसा लगा?", "शुभ संध्या!"],
        stop: "।"
    )

    private static let japanese = Phrasebook(
        openings: ["今日は", "やっと、", "日曜日の朝、"],
        subjects: [
            "山また山", "海に沈む夕日", "寄せては返す波", "終わらない道", "丸と四角", "絹のような色", "一万の点",
            "ひとりじゃない惑星", "重なる切り紙",
        ],
        closings: ["「もう一枚」と言われた。", "また明日！"],
        space: "",
        stop: "。"
    )

    private static let chinese = Phrasebook(
        openings: ["今天:", "终于见到", "周日早晨,"],
        subjects: [
            "山外青山", "落日入海", "一浪接一浪", "走不完的路", "圆与方", "丝绸般的颜色", "一万个点", "有伴的行星",
            "层层剪纸",
        ],
        closings: ["你喜欢哪一张？", "晚安。"],
        space: "",
        stop: "。"
    )

    private static let korean = Phrasebook(
        openings: ["오늘:", "드디어", "일요일 아침,"],
        subjects: [
            "산 너머 산", "바다로 지는 해", "밀려오는 파도", "끝없는 길", "동그라미와 네모", "비단 같은 빛깔", "만 개의 점",
            "외롭지 않은 행성", "겹겹이 오린 종이",
        ],
        closings: ["어떤가요?", "내일 또 만나요!"]
    )
}
