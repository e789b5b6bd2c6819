"""The words by which files name their columns, in English, German, Polish and Urdu.

Each line is one target; headers are compared folded, so neither case, accents nor `_` matter. The first
target that lists a header has it.
"""

from __future__ import annotations

from typing import Final

CUSTOMERS: Final = {
    "name": (
        "name, full name, display name, complete name, customer name, client name, contact name, "
        "imię i nazwisko, nazwisko i imię, nazwa, nazwa klienta, klient, pełna nazwa, "
        "نام, پورا نام, مکمل نام, گاہک کا نام, صارف کا نام, "
        "vollständiger name, kundenname"
    ),
    "given_name": (
        "given name, first name, firstname, forename, given names, christian name, imię, imiona, پہلا نام, "
        "vorname"
    ),
    "family_name": (
        "family name, last name, lastname, surname, nazwisko, خاندانی نام, آخری نام, nachname, familienname"
    ),
    "organization": (
        "company, company name, organisation, organization, organisation name, organization name, employer, "
        "firma, nazwa firmy, przedsiębiorstwo, pracodawca, organizacja, "
        "کمپنی, کمپنی کا نام, ادارہ, ادارے کا نام, "
        "firmenname, unternehmen"
    ),
    "is_organization": "is organization, is organisation, is a company, is company, company type, czy firma",
    "email": (
        "email, e mail, mail, email address, e mail address, email 1, email 2, primary email, "
        "adres e mail, adres email, adres mailowy, poczta elektroniczna, "
        "ای میل, ایمیل, برقی پتہ, ای میل پتہ, "
        "e mail adresse, email adresse, mailadresse"
    ),
    "email:work": "work email, business email, office email, email służbowy, e mail służbowy",
    "email:home": "home email, personal email, private email, email prywatny, e mail prywatny",
    "phone": (
        "phone, telephone, tel, phone number, phone 1, phone 2, telephone number, telefon, numer telefonu, "
        "nr telefonu, nr tel, فون, فون نمبر, ٹیلی فون, رابطہ نمبر, "
        "telefonnummer, rufnummer"
    ),
    "phone:mobile": (
        "mobile, mobile phone, mobile number, mobile phone number, cell, cell phone, cellphone, komórka, "
        "telefon komórkowy, tel komórkowy, موبائل, موبائل نمبر, "
        "handy, handynummer, mobil, mobiltelefon, mobilnummer"
    ),
    "phone:home": "home phone, telefon domowy, telefon privat",
    "phone:work": (
        "work phone, business phone, office phone, telefon służbowy, telefon firmowy, telefon geschäftlich"
    ),
    "address": (
        "address, postal address, full address, adres, adres pocztowy, پتہ, مکمل پتہ, adresse, anschrift"
    ),
    "address.street": (
        "street, street address, address line 1, address 1, ulica, ulica i numer, گلی, سڑک, "
        "straße, straße und hausnummer, straße hausnummer"
    ),
    "address.city": "city, town, suburb, miasto, miejscowość, شہر, ort, stadt, wohnort",
    "address.postcode": (
        "postcode, post code, zip, zip code, zipcode, postal code, kod, kod pocztowy, پوسٹ کوڈ, ڈاک کوڈ, "
        "plz, postleitzahl"
    ),
    "address.region": "region, state, province, county, state region, województwo, صوبہ, bundesland",
    "address.country": "country, country code, country region, kraj, państwo, ملک, land",
    # Where the business has such a field.
    "field:birthday": (
        "date of birth, birth date, birthdate, dob, data urodzenia, urodziny, تاریخ پیدائش, یوم پیدائش, "
        "geburtstag, geburtsdatum"
    ),
    "tag": "tag, tags, labels, grupa, grupy, tagi, etykiety, etykieta, ٹیگ",
    "lifecycle": "lifecycle, lifecycle stage, stage, etap",
    "owner": (
        "owner, account manager, account owner, customer owner, contact owner, company owner, salesperson, "
        "opiekun, opiekun klienta, handlowiec, ذمہ دار, "
        "betreuer, kundenbetreuer"
    ),
    "customer_type": "customer type, typ klienta, rodzaj klienta",
    "locale": "locale, language, preferred language, język, زبان, sprache",
    "timezone": "timezone, time zone, strefa czasowa",
    "identity:ref": (
        "ref, customer number, customer no, customer id, client number, our number, numer klienta, "
        "nr klienta, id klienta, گاہک نمبر, "
        "kundennummer, kundennr, kunden nr"
    ),
    # What an export says beside; it follows from the rest.
    "archived_at": "archived at",
    "ignore": "created at, updated at, modified at",
}
INTERACTIONS: Final = {
    "customer": "customer, client, customer reference, klient, گاہک, kunde",
    "email": (
        "email, e mail, email address, e mail address, customer email, adres e mail, adres email, "
        "e mail klienta, email klienta, ای میل, ایمیل"
    ),
    "type": "type, kind, interaction type, typ, rodzaj, قسم, art",
    "at": (
        "at, date, datetime, date time, time, timestamp, when, occurred at, order date, purchase date, "
        "created at, invoice date, data, data i godzina, data zakupu, data zamówienia, data faktury, kiedy, "
        "تاریخ, خریداری کی تاریخ, "
        "datum, bestelldatum, kaufdatum, rechnungsdatum"
    ),
    "amount": (
        "amount, total, order total, revenue, sum, dollar value, amount paid, kwota, wartość, suma, razem, "
        "رقم, کل رقم, "
        "betrag, summe, gesamtbetrag, umsatz"
    ),
    "currency": "currency, currency code, waluta, کرنسی, währung",
    "source_ref": (
        "source ref, order, order id, order number, order no, transaction, transaction id, invoice, "
        "invoice number, receipt, reference, numer zamówienia, nr zamówienia, zamówienie, numer faktury, "
        "nr faktury, paragon, numer paragonu, آرڈر نمبر, رسید نمبر, "
        "bestellnummer, rechnungsnummer, belegnummer"
    ),
    "channel": "channel, kanał, kanal",
    "direction": "direction, kierunek",
    "outlet": "outlet, branch, store, sklep, oddział, placówka, دکان, شاخ, filiale",
    "employee": (
        "employee, clerk, salesperson, handled by, pracownik, sprzedawca, ملازم, mitarbeiter, verkäufer"
    ),
    "line.product": "product, item, sku, article, produkt, towar, artykuł, مصنوعات, چیز, artikel",
    "line.quantity": (
        "quantity, qty, units, number of cds, ilość, liczba, sztuk, مقدار, تعداد, menge, anzahl, stück"
    ),
    "line.unit_price": "unit price, cena jednostkowa, فی قیمت, einzelpreis, stückpreis",
    "payload:text": (
        "text, note, notes, comment, comments, description, notatka, notatki, opis, komentarz, uwagi, "
        "تبصرہ, نوٹ, "
        "notiz, notizen, bemerkung, kommentar"
    ),
    "payload:subject": "subject, temat, موضوع, betreff",
    "identity:ref": (
        "ref, customer number, customer no, customer id, client number, our number, numer klienta, "
        "nr klienta, id klienta, گاہک نمبر, "
        "kundennummer, kundennr, kunden nr"
    ),
}
# A column that is about somebody else must not be taken for the customer's own.
OTHERS: Final = (
    "manager assistant parent mother father spouse partner emergency next kin boss sales rep referrer "
    "referred second guardian billing sender recipient opiekun szef asystent matka ojciec żona mąż rodzic "
    "handlowiec والد والدہ شوہر"
)
# Headers that tell nothing, and words that at least say what kind of value there is.
EMPTY: Final = (
    "column field value data info unnamed col f x y z a b c d pole wartość kolumna dane kontakt contact "
    "رابطہ خانہ"
)
HINTS: Final = {
    "email": "mail email e-mail poczta میل",
    "phone": "phone tel telefon mobile cell gsm whatsapp komórka فون موبائل",
    "postcode": "zip post postal postcode code kod pocztowy",
    "date": "date day time when data dzień kiedy تاریخ",
    "money": "amount total sum price value paid kwota suma cena wartość razem رقم",
    "url": "url web website www link strona",
}
