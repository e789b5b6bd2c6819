"""What the readable privacy export says, in the languages that crmkit speaks to customers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from attrs import frozen

_RTL: Final = ("ar", "fa", "he", "ps", "sd", "ug", "ur", "yi")
FALLBACK: Final = "en"


@frozen(kw_only=True)
class Wording:
    """One language: the document's sentences, and titles of tables and columns where there are any."""

    language: str
    title: str
    intro: str
    made: str
    elsewhere: str
    rights: str
    yes: str
    no: str
    another: str
    themselves: str
    titles: Mapping[str, str]
    columns: Mapping[str, str]

    @property
    def direction(self) -> str:
        """`rtl` or `ltr`."""
        return direction_of(self.language)


def direction_of(language: str) -> str:
    """Which way a language is written."""
    return "rtl" if language in _RTL else "ltr"


def wording_for(locale: str) -> Wording:
    """The wording for a locale; English where crmkit does not speak the language."""
    language = locale.replace("-", "_").partition("_")[0].lower()
    return _WORDINGS.get(language, _WORDINGS[FALLBACK])


_ENGLISH: Final = Wording(
    language="en",
    title="Your data at {business}",
    intro="This is everything that {business} keeps about you.",
    made="Made on {day}.",
    elsewhere="Kept outside of the database",
    rights="You may ask for corrections, for restriction, or for erasure, and you may object to marketing.",
    yes="yes",
    no="no",
    another="another customer",
    themselves="you",
    titles={
        "customer": "About you",
        "contact_point": "How you are reached",
        "identity": "Your numbers in other systems",
        "record_number": "Numbers in other systems of what is kept about you",
        "customer_field": "More about you",
        "customer_choice": "Your choices",
        "customer_tag": "Labels",
        "preference": "What you like",
        "consent": "What you agreed to",
        "suppression": "Your addresses that we do not write to",
        "relationship": "Your ties to others",
        "interaction": "What happened",
        "change": "What was changed about you",
        "segment_stay": "Groups you were in",
        "trait_value": "What was worked out about you",
        "privacy_request": "Your requests",
        "legal_hold": "Why your data must be kept",
        "access": "Who looked at your data",
        "duplicate": "Possible duplicates",
        "review": "Incoming data that is still to be decided",
        "customer_alias": "Former records",
        "merge_removed": "From former records",
        "merge_value": "Replaced when records were merged",
        "operational_task": "Tasks",
        "operational_points_entry": "Points and stamps",
        "operational_coupon": "Coupons",
        "operational_tier": "Loyalty tier",
    },
    columns={
        "at": "When",
        "occurred_at": "When",
        "created_at": "Since",
        "given_name": "Given name",
        "family_name": "Family name",
        "is_organization": "Organisation",
        "value": "What",
        "normalised": "As compared",
        "is_primary": "First choice",
        "payload": "What was said",
        "old": "Before",
        "new": "After",
        "actor": "By whom",
        "employee": "By whom",
    },
)
_POLISH: Final = Wording(
    language="pl",
    title="Twoje dane w {business}",
    intro="Oto wszystko, co {business} przechowuje na Twój temat.",
    made="Sporządzono {day}.",
    elsewhere="Przechowywane poza bazą danych",
    rights="Możesz żądać sprostowania, ograniczenia przetwarzania lub usunięcia danych oraz sprzeciwić się "
    "marketingowi.",
    yes="tak",
    no="nie",
    another="inny klient",
    themselves="Ty",
    titles={
        "customer": "O Tobie",
        "contact_point": "Jak się z Tobą kontaktujemy",
        "identity": "Twoje numery w innych systemach",
        "record_number": "Numery dotyczących Cię wpisów w innych systemach",
        "customer_field": "Więcej o Tobie",
        "customer_choice": "Twoje wybory",
        "customer_tag": "Etykiety",
        "preference": "Co lubisz",
        "consent": "Twoje zgody",
        "suppression": "Twoje adresy, na które nie piszemy",
        "relationship": "Powiązania z innymi",
        "interaction": "Co się wydarzyło",
        "change": "Co zmieniono w Twoich danych",
        "segment_stay": "Grupy, do których należysz lub należałeś",
        "trait_value": "Co o Tobie obliczono",
        "privacy_request": "Twoje żądania",
        "legal_hold": "Dlaczego dane muszą być przechowywane",
        "access": "Kto oglądał Twoje dane",
        "duplicate": "Możliwe duplikaty",
        "review": "Dane przychodzące do rozstrzygnięcia",
        "customer_alias": "Dawne kartoteki",
        "merge_removed": "Z dawnych kartotek",
        "merge_value": "Zastąpione przy łączeniu kartotek",
        "operational_task": "Zadania",
        "operational_points_entry": "Punkty i pieczątki",
        "operational_coupon": "Kupony",
        "operational_tier": "Poziom w programie lojalnościowym",
    },
    columns={
        "at": "Kiedy",
        "occurred_at": "Kiedy",
        "recorded_at": "Zapisano",
        "created_at": "Od kiedy",
        "name": "Nazwa",
        "given_name": "Imię",
        "family_name": "Nazwisko",
        "is_organization": "Organizacja",
        "lifecycle": "Etap",
        "customer_type": "Rodzaj klienta",
        "locale": "Język",
        "timezone": "Strefa czasowa",
        "preferred_channel": "Preferowany kanał",
        "preferred_time": "Preferowana pora",
        "source": "Źródło",
        "kind": "Rodzaj",
        "type": "Rodzaj",
        "label": "Opis",
        "value": "Wartość",
        "normalised": "Do porównań",
        "is_primary": "Pierwszy wybór",
        "verified_at": "Potwierdzono",
        "street": "Ulica",
        "city": "Miasto",
        "postcode": "Kod pocztowy",
        "region": "Region",
        "country": "Kraj",
        "scheme": "System",
        "topic": "Temat",
        "origin": "Skąd wiadomo",
        "tag": "Etykieta",
        "purpose": "Cel",
        "channel": "Kanał",
        "direction": "Kierunek",
        "state": "Stan",
        "wording_version": "Wersja treści",
        "evidence": "Dowód",
        "actor": "Przez kogo",
        "employee": "Przez kogo",
        "owner": "Opiekun",
        "outlet": "Miejsce",
        "amount": "Kwota",
        "currency": "Waluta",
        "payload": "Treść",
        "action": "Co zrobiono",
        "entity": "Czego dotyczy",
        "field": "Pole",
        "old": "Przed",
        "new": "Po",
        "reason": "Powód",
        "note": "Uwagi",
        "outcome": "Wynik",
        "due_on": "Termin",
        "received_at": "Otrzymano",
        "title": "Tytuł",
        "due": "Termin",
        "done_at": "Zrobiono",
        "since": "Od",
        "until": "Do",
        "what": "Co",
        "detail": "Szczegóły",
    },
)
_URDU: Final = Wording(
    language="ur",
    title="{business} کے پاس آپ کا ڈیٹا",
    intro="{business} آپ کے بارے میں جو کچھ محفوظ رکھتا ہے، وہ سب یہاں ہے۔",
    made="تاریخِ تیاری: {day}",
    elsewhere="ڈیٹا بیس سے باہر محفوظ",
    rights="آپ اپنے ڈیٹا کی درستی، اس کے استعمال پر پابندی یا اسے مٹانے کی درخواست کر سکتے ہیں، اور تشہیری "
    "پیغامات پر اعتراض کر سکتے ہیں۔",
    yes="ہاں",
    no="نہیں",
    another="کوئی اور گاہک",
    themselves="آپ",
    titles={
        "customer": "آپ کے بارے میں",
        "contact_point": "آپ سے رابطہ",
        "identity": "دیگر نظاموں میں آپ کے نمبر",
        "record_number": "آپ سے متعلق ریکارڈوں کے نمبر دیگر نظاموں میں",
        "customer_field": "مزید معلومات",
        "customer_choice": "آپ کے انتخاب",
        "customer_tag": "لیبل",
        "preference": "آپ کی پسند",
        "consent": "آپ کی رضامندی",
        "suppression": "آپ کے پتے جن پر ہم نہیں لکھتے",
        "relationship": "دوسروں سے تعلق",
        "interaction": "کیا ہوا",
        "change": "آپ کے ڈیٹا میں تبدیلیاں",
        "segment_stay": "وہ گروہ جن میں آپ رہے",
        "trait_value": "آپ کے بارے میں حساب",
        "privacy_request": "آپ کی درخواستیں",
        "legal_hold": "ڈیٹا رکھنے کی قانونی وجہ",
        "access": "آپ کا ڈیٹا کس نے دیکھا",
        "duplicate": "ممکنہ دہرے اندراج",
        "review": "وہ معلومات جن کا فیصلہ باقی ہے",
        "customer_alias": "پرانے اندراج",
        "merge_removed": "پرانے اندراج سے",
        "merge_value": "اندراج ملانے پر بدلی گئی معلومات",
        "operational_task": "کام",
        "operational_points_entry": "پوائنٹس اور مہریں",
        "operational_coupon": "کوپن",
        "operational_tier": "وفاداری کا درجہ",
    },
    columns={
        "at": "کب",
        "occurred_at": "کب",
        "recorded_at": "درج ہوا",
        "created_at": "کب سے",
        "name": "نام",
        "given_name": "پہلا نام",
        "family_name": "خاندانی نام",
        "is_organization": "ادارہ",
        "lifecycle": "مرحلہ",
        "customer_type": "گاہک کی قسم",
        "locale": "زبان",
        "timezone": "منطقۂ وقت",
        "preferred_channel": "پسندیدہ ذریعہ",
        "preferred_time": "پسندیدہ وقت",
        "source": "ماخذ",
        "kind": "قسم",
        "type": "قسم",
        "label": "وضاحت",
        "value": "قدر",
        "normalised": "موازنے کے لیے",
        "is_primary": "پہلی ترجیح",
        "verified_at": "تصدیق",
        "street": "گلی",
        "city": "شہر",
        "postcode": "ڈاک کوڈ",
        "region": "علاقہ",
        "country": "ملک",
        "scheme": "نظام",
        "topic": "موضوع",
        "origin": "کیسے معلوم ہوا",
        "tag": "لیبل",
        "purpose": "مقصد",
        "channel": "ذریعہ",
        "direction": "سمت",
        "state": "حالت",
        "wording_version": "عبارت کا نسخہ",
        "evidence": "ثبوت",
        "actor": "کس نے",
        "employee": "کس نے",
        "owner": "نگران",
        "outlet": "مقام",
        "amount": "رقم",
        "currency": "کرنسی",
        "payload": "تفصیل",
        "action": "عمل",
        "entity": "کس کا",
        "field": "خانہ",
        "old": "پہلے",
        "new": "بعد میں",
        "reason": "وجہ",
        "note": "نوٹ",
        "outcome": "نتیجہ",
        "due_on": "آخری تاریخ",
        "received_at": "موصول ہوئی",
        "title": "عنوان",
        "due": "آخری تاریخ",
        "done_at": "مکمل",
        "since": "سے",
        "until": "تک",
        "what": "کیا",
        "detail": "تفصیل",
    },
)
_WORDINGS: Final[Mapping[str, Wording]] = MappingProxyType(
    {each.language: each for each in (_ENGLISH, _POLISH, _URDU)}
)
LANGUAGES: Final = tuple(_WORDINGS)
