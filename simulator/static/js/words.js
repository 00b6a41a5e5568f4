// The words of the phones themselves (not of the shop) in the languages the shop ships.
// No native speaker has read them yet.

import { CAPTION_WORDS } from "./caption_words.js";

const EN = {
  message: "Message", send: "Send", start: "Start", attach: "Attach", commands: "Commands", tiles: "Buttons",
  device: "Photo from this device", mango: "Sample: mango", tomato: "Sample: tomato", receipt: "Sample: receipt",
  voice: "Voice note", sticker: "Sticker", contact: "My number", place: "My place", typing: "typing…",
  edited: "edited", bot: "bot", chats: "Chats", back: "Back", pay: "Pay", fail: "Fail", cancel: "Cancel",
  paying: "Paying…", paid: "Paid", refused: "Payment refused", ok: "OK", copied: "Copied", reply: "Reply",
  edit: "Edit", remove: "Delete", more: "More", empty: "Nothing here yet", newest: "Newest", members: "members",
  group: "New group", choose: "Choose a group", photo: "Photo", wait: "No answer yet", save: "Save", language: "Language",
};

const WORDS = {
  en: EN,
  zh: {
    message: "消息", send: "发送", start: "开始", attach: "附件", commands: "命令", tiles: "按钮", device: "从本机选照片",
    mango: "示例：芒果", tomato: "示例：番茄", receipt: "示例：收据", voice: "语音", sticker: "贴纸", contact: "我的号码",
    place: "我的位置", typing: "正在输入…", edited: "已编辑", bot: "机器人", chats: "聊天", back: "返回", pay: "支付",
    fail: "失败", cancel: "取消", paying: "支付中…", paid: "已支付", refused: "支付被拒", ok: "好", copied: "已复制",
    reply: "回复", edit: "编辑", remove: "删除", more: "更多", empty: "还没有内容", newest: "最新", members: "位成员",
    group: "新群组", choose: "选择群组", photo: "照片", wait: "尚无回应", save: "保存", language: "语言",
  },
  hi: {
    message: "संदेश", send: "भेजें", start: "शुरू करें", attach: "जोड़ें", commands: "आदेश", tiles: "बटन",
    device: "फ़ोन से फ़ोटो", mango: "नमूना: आम", tomato: "नमूना: टमाटर", receipt: "नमूना: रसीद", voice: "आवाज़ संदेश",
    sticker: "स्टिकर", contact: "मेरा नंबर", place: "मेरी जगह", typing: "लिख रहा है…", edited: "बदला गया", bot: "बॉट",
    chats: "चैट", back: "वापस", pay: "भुगतान करें", fail: "असफल", cancel: "रद्द करें", paying: "भुगतान हो रहा है…",
    paid: "भुगतान हुआ", refused: "भुगतान नहीं हुआ", ok: "ठीक है", copied: "कॉपी हुआ", reply: "जवाब", edit: "बदलें",
    remove: "हटाएँ", more: "और", empty: "अभी कुछ नहीं", newest: "नया", members: "सदस्य", group: "नया समूह",
    choose: "समूह चुनें", photo: "फ़ोटो", wait: "अभी जवाब नहीं", save: "सहेजें", language: "भाषा",
  },
  id: {
    message: "Pesan", send: "Kirim", start: "Mulai", attach: "Lampirkan", commands: "Perintah", tiles: "Tombol",
    device: "Foto dari perangkat", mango: "Contoh: mangga", tomato: "Contoh: tomat", receipt: "Contoh: struk",
    voice: "Pesan suara", sticker: "Stiker", contact: "Nomor saya", place: "Lokasi saya", typing: "mengetik…",
    edited: "diedit", bot: "bot", chats: "Obrolan", back: "Kembali", pay: "Bayar", fail: "Gagal", cancel: "Batal",
    paying: "Membayar…", paid: "Lunas", refused: "Pembayaran ditolak", ok: "OK", copied: "Disalin", reply: "Balas",
    edit: "Edit", remove: "Hapus", more: "Lainnya", empty: "Belum ada apa-apa", newest: "Terbaru", members: "anggota",
    group: "Grup baru", choose: "Pilih grup", photo: "Foto", wait: "Belum ada jawaban", save: "Simpan", language: "Bahasa",
  },
  ru: {
    message: "Сообщение", send: "Отправить", start: "Начать", attach: "Прикрепить", commands: "Команды", tiles: "Кнопки",
    device: "Фото с устройства", mango: "Пример: манго", tomato: "Пример: томат", receipt: "Пример: чек",
    voice: "Голосовое", sticker: "Стикер", contact: "Мой номер", place: "Моё место", typing: "печатает…",
    edited: "изменено", bot: "бот", chats: "Чаты", back: "Назад", pay: "Оплатить", fail: "Отказ", cancel: "Отмена",
    paying: "Оплата…", paid: "Оплачено", refused: "Платёж отклонён", ok: "ОК", copied: "Скопировано", reply: "Ответить",
    edit: "Изменить", remove: "Удалить", more: "Ещё", empty: "Пока пусто", newest: "Новые", members: "участников",
    group: "Новая группа", choose: "Выберите группу", photo: "Фото", wait: "Ответа пока нет", save: "Сохранить", language: "Язык",
  },
  am: {
    message: "መልእክት", send: "ላክ", start: "ጀምር", attach: "አያይዝ", commands: "ትዕዛዞች", tiles: "አዝራሮች", device: "ፎቶ ከስልክ",
    mango: "ናሙና፦ ማንጎ", tomato: "ናሙና፦ ቲማቲም", receipt: "ናሙና፦ ደረሰኝ", voice: "የድምፅ መልእክት", sticker: "ተለጣፊ",
    contact: "ስልክ ቁጥሬ", place: "ቦታዬ", typing: "እየጻፈ ነው…", edited: "ተስተካክሏል", bot: "ቦት", chats: "ውይይቶች", back: "ተመለስ",
    pay: "ክፈል", fail: "አልተሳካም", cancel: "ሰርዝ", paying: "በመክፈል ላይ…", paid: "ተከፍሏል", refused: "ክፍያው ተቀባይነት አላገኘም",
    ok: "እሺ", copied: "ተቀድቷል", reply: "መልስ", edit: "አስተካክል", remove: "አጥፋ", more: "ተጨማሪ", empty: "እስካሁን ምንም የለም",
    newest: "አዲስ", members: "አባላት", group: "አዲስ ቡድን", choose: "ቡድን ምረጥ", photo: "ፎቶ", wait: "ገና መልስ የለም",
    save: "አስቀምጥ", language: "ቋንቋ",
  },
  es: {
    message: "Mensaje", send: "Enviar", start: "Iniciar", attach: "Adjuntar", commands: "Comandos", tiles: "Botones",
    device: "Foto del dispositivo", mango: "Ejemplo: mango", tomato: "Ejemplo: tomate", receipt: "Ejemplo: recibo",
    voice: "Nota de voz", sticker: "Sticker", contact: "Mi número", place: "Mi lugar", typing: "escribiendo…",
    edited: "editado", bot: "bot", chats: "Chats", back: "Atrás", pay: "Pagar", fail: "Fallar", cancel: "Cancelar",
    paying: "Pagando…", paid: "Pagado", refused: "Pago rechazado", ok: "OK", copied: "Copiado", reply: "Responder",
    edit: "Editar", remove: "Borrar", more: "Más", empty: "Aún no hay nada", newest: "Lo último", members: "miembros",
    group: "Grupo nuevo", choose: "Elige un grupo", photo: "Foto", wait: "Sin respuesta aún", save: "Guardar", language: "Idioma",
  },
  pt: {
    message: "Mensagem", send: "Enviar", start: "Começar", attach: "Anexar", commands: "Comandos", tiles: "Botões",
    device: "Foto do aparelho", mango: "Exemplo: manga", tomato: "Exemplo: tomate", receipt: "Exemplo: recibo",
    voice: "Mensagem de voz", sticker: "Figurinha", contact: "Meu número", place: "Meu lugar", typing: "digitando…",
    edited: "editada", bot: "bot", chats: "Conversas", back: "Voltar", pay: "Pagar", fail: "Falhar", cancel: "Cancelar",
    paying: "Pagando…", paid: "Pago", refused: "Pagamento recusado", ok: "OK", copied: "Copiado", reply: "Responder",
    edit: "Editar", remove: "Apagar", more: "Mais", empty: "Nada aqui ainda", newest: "Mais recentes", members: "membros",
    group: "Novo grupo", choose: "Escolha um grupo", photo: "Foto", wait: "Ainda sem resposta", save: "Salvar", language: "Idioma",
  },
  ar: {
    message: "رسالة", send: "إرسال", start: "ابدأ", attach: "إرفاق", commands: "الأوامر", tiles: "الأزرار",
    device: "صورة من الجهاز", mango: "نموذج: مانجو", tomato: "نموذج: طماطم", receipt: "نموذج: إيصال",
    voice: "رسالة صوتية", sticker: "ملصق", contact: "رقمي", place: "موقعي", typing: "يكتب…", edited: "معدّلة",
    bot: "بوت", chats: "المحادثات", back: "رجوع", pay: "ادفع", fail: "فشل", cancel: "إلغاء", paying: "جارٍ الدفع…",
    paid: "مدفوع", refused: "رُفض الدفع", ok: "حسنًا", copied: "تم النسخ", reply: "رد", edit: "تعديل", remove: "حذف",
    more: "المزيد", empty: "لا شيء هنا بعد", newest: "الأحدث", members: "أعضاء", group: "مجموعة جديدة",
    choose: "اختر مجموعة", photo: "صورة", wait: "لا رد بعد", save: "حفظ", language: "اللغة",
  },
  sw: {
    message: "Ujumbe", send: "Tuma", start: "Anza", attach: "Ambatisha", commands: "Amri", tiles: "Vitufe",
    device: "Picha ya kifaa", mango: "Mfano: embe", tomato: "Mfano: nyanya", receipt: "Mfano: risiti",
    voice: "Ujumbe wa sauti", sticker: "Kibandiko", contact: "Namba yangu", place: "Mahali pangu", typing: "anaandika…",
    edited: "imehaririwa", bot: "boti", chats: "Mazungumzo", back: "Rudi", pay: "Lipa", fail: "Shindwa", cancel: "Ghairi",
    paying: "Inalipa…", paid: "Imelipwa", refused: "Malipo yamekataliwa", ok: "Sawa", copied: "Imenakiliwa", reply: "Jibu",
    edit: "Hariri", remove: "Futa", more: "Zaidi", empty: "Bado hakuna kitu", newest: "Mpya", members: "wanachama",
    group: "Kikundi kipya", choose: "Chagua kikundi", photo: "Picha", wait: "Bado hakuna jibu", save: "Hifadhi", language: "Lugha",
  },
  fr: {
    message: "Message", send: "Envoyer", start: "Démarrer", attach: "Joindre", commands: "Commandes", tiles: "Boutons",
    device: "Photo de l’appareil", mango: "Exemple : mangue", tomato: "Exemple : tomate", receipt: "Exemple : reçu",
    voice: "Message vocal", sticker: "Sticker", contact: "Mon numéro", place: "Mon lieu", typing: "écrit…",
    edited: "modifié", bot: "bot", chats: "Discussions", back: "Retour", pay: "Payer", fail: "Échouer", cancel: "Annuler",
    paying: "Paiement…", paid: "Payé", refused: "Paiement refusé", ok: "OK", copied: "Copié", reply: "Répondre",
    edit: "Modifier", remove: "Supprimer", more: "Plus", empty: "Rien pour l’instant", newest: "Récents", members: "membres",
    group: "Nouveau groupe", choose: "Choisir un groupe", photo: "Photo", wait: "Pas encore de réponse", save: "Enregistrer",
    language: "Langue",
  },
};

const EVERY_LANGUAGE = {
  en: "English", zh: "中文", hi: "हिन्दी", id: "Indonesia", ru: "Русский", am: "አማርኛ", es: "Español",
  "pt-br": "Português", ar: "العربية", sw: "Kiswahili", fr: "Français",
};

let offered = EVERY_LANGUAGE;

/** What a phone's app can be set to, by code: every language of the page, unless a market names those it speaks. */
export const languages = () => offered;

/** How a language calls itself; its code where the page does not know it. */
export const languageName = (code) => offered[code] ?? EVERY_LANGUAGE[code] ?? code;

/** Offer only these: [{code, name}]; an empty list offers all again. */
export function offerLanguages(spoken) {
  offered = spoken.length ? Object.fromEntries(spoken.map(({ code, name }) => [code, name])) : EVERY_LANGUAGE;
}

const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ur", "ps", "sd", "yi", "dv", "ug", "ckb"]);
/** The language of a tag such as "pt-BR". */
export const base = (language) => (language || "en").toLowerCase().split(/[-_]/)[0];

const own = (code, key) => WORDS[code]?.[key] ?? CAPTION_WORDS[code]?.[key];

/** The phone's word for something; English when the language has none. */
export const word = (language, key) => own(base(language), key) ?? own("en", key) ?? key;

/** "rtl" or "ltr". */
export const direction = (language) => (RIGHT_TO_LEFT.has(base(language)) ? "rtl" : "ltr");

/** The offered language nearest to a language code, or the code itself. */
export function nearest(language) {
  const code = (language || "en").toLowerCase().replace("_", "-");
  if (code in offered) return code;
  return Object.keys(offered).find((known) => base(known) === base(code)) ?? code;
}
