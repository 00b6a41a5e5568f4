// Words around a phone: whose it is, what was touched, what its ⋮ menu offers. Where a language has none, English.
// No native speaker has read them yet.

export const CAPTION_WORDS = {
  en: {
    farmer: "Farmer", buyer: "Buyer", circle: "Group", courier: "Courier", operator: "Operator", owner: "Owner", phone: "Phone",
    tap: "tap", taps: "taps", typed: "t", photos: "p", create: "Create", title: "Title",
    block: "Block the bot", unblock: "Unblock the bot", addBot: "Add the bot", removeBot: "Remove the bot",
    plainBot: "Bot: plain member", rulingBot: "Bot: administrator", mayWrite: "Members may write",
    mayNotWrite: "Members may not write", supergroup: "Make it a supergroup",
    appLanguage: "The app's language. For the bot: /language",
  },
  zh: {
    farmer: "农户", buyer: "买家", circle: "群组", courier: "配送员", operator: "运营", owner: "负责人", phone: "手机",
    tap: "次点按", taps: "次点按", typed: "字", photos: "图", create: "创建", title: "名称",
    block: "屏蔽机器人", unblock: "解除屏蔽", addBot: "添加机器人", removeBot: "移除机器人",
    plainBot: "机器人：普通成员", rulingBot: "机器人：管理员", mayWrite: "成员可以发言",
    mayNotWrite: "成员不可发言", supergroup: "升级为超级群组",
    appLanguage: "这是应用的语言。机器人的语言：/language",
  },
  hi: {
    farmer: "किसान", buyer: "ख़रीदार", circle: "समूह", courier: "कूरियर", operator: "संचालक", owner: "मालिक", phone: "फ़ोन",
    tap: "टैप", taps: "टैप", typed: "लिखा", photos: "फ़ोटो", create: "बनाएँ", title: "नाम",
    block: "बॉट को रोकें", unblock: "बॉट को फिर आने दें", addBot: "बॉट जोड़ें", removeBot: "बॉट हटाएँ",
    plainBot: "बॉट: साधारण सदस्य", rulingBot: "बॉट: व्यवस्थापक", mayWrite: "सदस्य लिख सकते हैं",
    mayNotWrite: "सदस्य नहीं लिख सकते", supergroup: "सुपरग्रुप बनाएँ",
    appLanguage: "यह ऐप की भाषा है। बॉट के लिए: /language",
  },
  id: { appLanguage: "Bahasa aplikasi. Untuk bot: /language" },
  ru: { appLanguage: "Это язык приложения. Язык бота: /language" },
  am: { appLanguage: "ይህ የመተግበሪያው ቋንቋ ነው። ለቦቱ፦ /language" },
  es: { appLanguage: "El idioma de la app. Para el bot: /language" },
  pt: { appLanguage: "O idioma do app. Para o bot: /language" },
  ar: { appLanguage: "هذه لغة التطبيق. للبوت: \u2066/language\u2069" },
  sw: { appLanguage: "Lugha ya programu. Kwa boti: /language" },
  fr: { appLanguage: "La langue de l’appli. Pour le bot : /language" },
};
