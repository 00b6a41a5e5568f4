"""The words with which farmers say when a crop is ready, what it costs and what share is paid at once, by language."""

from __future__ import annotations

RELATIVE_DAYS = {
    "today": 0, "tomorrow": 1, "the day after tomorrow": 2, "day after tomorrow": 2, "आज": 0, "कल": 1, "परसों": 2,
    "hari ini": 0, "besok": 1, "lusa": 2, "сегодня": 0, "завтра": 1, "послезавтра": 2, "اليوم": 0, "غدا": 1, "غدًا": 1,
    "بعد غد": 2, "hoje": 0, "amanhã": 1, "depois de amanhã": 2, "leo": 0, "kesho": 1, "keshokutwa": 2,
    "aujourd'hui": 0, "demain": 1, "après-demain": 2, "今天": 0, "明天": 1, "后天": 2, "hoy": 0, "mañana": 1,
    "pasado mañana": 2, "ዛሬ": 0, "ነገ": 1, "ከነገ ወዲያ": 2,
}  # fmt: skip
READY = (
    "ready", "harvest", "date", "on", "by", "from", "siap", "panen", "готов", "готово", "урожай", "lista", "listo",
    "cosecha", "el", "pronto", "pronta", "colheita", "prêt", "récolte", "le", "तैयार", "tayari", "جاهز", "成熟", "ዝግጁ",
)  # fmt: skip
DEPOSIT = (
    "deposit", "advance", "down payment", "dp", "uang muka", "задаток", "предоплата", "अग्रिम", "जमा", "acompte",
    "anticipo", "seña", "sinal", "entrada", "amana", "عربون", "定金", "ቅድሚያ", "ቀብድ",
)  # fmt: skip
PRICE = ("@", "price", "harga", "цена", "कीमत", "भाव", "precio", "preço", "prix", "bei", "السعر", "价格", "ዋጋ")
# words of a sentence around a sale, which say nothing of it
FILLERS = (
    "i", "we", "my", "our", "me", "have", "has", "had", "got", "sell", "selling", "sells", "offer", "sale", "a", "an",
    "the", "of", "at", "for", "to", "in", "with", "and", "is", "are", "be", "will", "it", "they", "there", "per",
    "each", "about", "around", "please", "pls", "hello", "hi", "namaste", "this", "now", "would", "like", "want", "can",
    "मैं", "हम", "मेरे", "मेरा", "मेरी", "हमारे", "पास", "है", "हैं", "को", "का", "के", "की", "में", "से", "और", "पर", "तक",
    "होगा", "होंगे", "होगी", "बेचना", "बेच", "चाहता", "चाहती", "हूँ", "हूं", "रहा", "रही", "कृपया", "नमस्ते", "प्रति", "हर",
    "我", "我们", "有", "我有", "我们有", "卖", "我卖", "我要卖", "想卖", "我想卖", "出售", "的", "是", "在", "和",
    "请", "你好", "大约", "左右", "每",
)  # fmt: skip
# words beside a crop that say something of the sale, not which crop it is
TERMS = (
    "minimum", "min", "least", "maximum", "max", "total", "delivery", "delivered", "pickup", "pick-up", "cash", "free",
    "only", "no", "not", "न्यूनतम", "कम", "नकद", "डिलीवरी", "नहीं", "最少", "至少", "最低", "现金", "送货", "自提",
)  # fmt: skip
# counted spans that people say and CLDR does not: a pattern and the days of one
SPOKEN_SPANS = (
    (r"(?P<count>\d{1,3})\s*(?:दिनों|दिन)\s*(?:में|बाद)", 1),
    (r"(?P<count>\d{1,3})\s*(?:हफ़्तों|हफ़्ते|हफ़्ता|हफ्तों|हफ्ते|हफ्ता|सप्ताह)\s*(?:में|बाद)", 7),
    (r"(?P<count>\d{1,3})\s*(?:个星期|星期|个礼拜|周)\s*(?:之后|以后|后|内)", 7),
    (r"(?P<count>\d{1,3})\s*(?:天|日)\s*(?:之后|以后|后|内)", 1),
)
