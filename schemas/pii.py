"""Personal data in the groups that privacy law knows (GDPR art. 4, 9 and 10, CCPA, HIPAA, PIPA).

One class a type; a comment heads each group.  Take out the types that do not matter for your texts,
and add your own: fewer types mean fewer mistakes.  National numbers are one type a country, because
each has its own check digits: where ``validator`` stands, a well-formed number is found even where
the model sees none.  Numbers of more countries (``schema_ner.validators.names()``) take one class
each; without it they fall under "national id number", where only the model looks for them.

Rule for all: mark what points to a person or tells something of one, as it stands in the text.  Not:
words of a form ("Name:", "DOB"), empty or masked fields, roles without a name ("the patient").
"""

from schema_ner import Entity

# --- Identity -------------------------------------------------------------------------------------


class PersonName(Entity):
    """Name of a person, also in signatures.

    Also: first names, surnames, nicknames and initials on their own.
    Not: titles ("Dr", "Ms"), job names, companies, places and products called after somebody;
    user names, which are a type of their own.
    The span is the whole name as written, "Jr" included, without the title before it.
    """

    label = "person name"
    examples = ("Maria Hernández", "O'Neill", "J. K. Park", "김민수")


class DateOfBirth(Entity):
    """The day, month or year on which a person was born.

    Not: any other date; an age; the word "born".
    The span is the date as written.
    """

    label = "date of birth"
    examples = ("12 March 1984", "03/12/1984", "1984-03-12")


class Age(Entity):
    """How old a person is, in years or months, as a number or a phrase.

    Not: a date of birth; how old a thing is; how long something lasted.
    The span is the number with its unit where it has one ("34", "34-year-old", "six months old").
    """

    label = "age"
    examples = ("34", "67-year-old", "만 19세")


class Gender(Entity):
    """A person's sex or gender identity, stated as such in a form, record or description.

    Not: pronouns; titles ("Mrs"); relatives ("his sister").
    The span is the stating word alone.
    """

    label = "gender"
    examples = ("female", "male", "non-binary", "transgender woman")


class Nationality(Entity):
    """Adjectives and nouns of nationality and citizenship.

    Not: the country as a place; a language; dishes and firms of a country.
    The span is the word of nationality alone.
    """

    label = "nationality"
    examples = ("French", "Korean", "Nigerian", "US citizen")


class FamilyStatus(Entity):
    """Whether a person is married, single, divorced or widowed, and how many children there are.

    Not: the names of relatives; a title such as "Mrs".
    The span is the stating phrase.
    """

    label = "family status"
    examples = ("married", "divorced", "mother of two", "single")


class Date(Entity):
    """Dates and times of events in a person's life: admission, hire, travel, payment, appointment.

    Not: dates of birth; durations and ages; opening hours.
    The span is the whole date, its time included, as written.
    """

    label = "date"
    examples = ("4 May 2021", "2024-11-02 14:30", "last Friday")


# --- Contact --------------------------------------------------------------------------------------


class EmailAddress(Entity):
    """Addresses of electronic mail, with an @.

    Not: user names that begin with @; web addresses.
    The span is the address alone, without "mailto:", brackets or a full stop behind it.
    """

    label = "email address"
    validator = "email"
    examples = ("jane.doe@example.org", "info@example.co.kr")


class PhoneNumber(Entity):
    """Telephone, mobile and fax numbers, with country and area code and extension.

    Not: numbers of cards, accounts and orders; emergency lines such as 112.
    The span is the whole number as written, "+" and extension included, without "Tel.".
    """

    label = "phone number"
    validator = "phone"
    examples = ("+44 7700 900461", "(555) 010-4477 ext. 12", "010-1234-5678")


class PostalAddress(Entity):
    """Street addresses: house number, street, apartment, town, postcode, country.

    Also: post boxes.
    Not: a city, region or country mentioned on its own, which is a location.
    The span runs from the house number or street to the postcode or country, where these follow, as
    one stretch.
    """

    label = "postal address"
    examples = ("9 Mill Row, Tredegar NP22 3XX", "서울특별시 강남구 테헤란로 152", "P.O. Box 77")


# --- Location -------------------------------------------------------------------------------------


class Location(Entity):
    """Names of cities, towns, provinces and countries.

    Also: districts, islands, landmarks and airports where a person is, was or comes from.
    Not: full street addresses; organizations named after a place; adjectives of nationality.
    The span is the name without "in" or an article.
    """

    label = "location"
    examples = ("Busan", "Ohio", "Portugal", "Heathrow Airport")


class PostalCode(Entity):
    """Postcodes and ZIP codes that stand apart from a full address.

    Not: house numbers; codes inside a postal address that is marked as a whole.
    The span is the code alone.
    """

    label = "postal code"
    examples = ("NP22 3XX", "94103-1234", "06236")


class Coordinates(Entity):
    """Geographic positions: latitude and longitude, plus codes, grid references.

    Not: names of places; distances.
    The span holds both numbers with signs and degrees.
    """

    label = "coordinates"
    examples = ("37.5665, 126.9780", "51°30'26\"N 0°7'39\"W", "8Q98H2CX+GF")


# --- Government ids -------------------------------------------------------------------------------


class PassportNumber(Entity):
    """Numbers of passports and travel documents.

    Not: visa, flight and booking numbers; the country that issued it.
    The span is letters and digits of the number alone.
    """

    label = "passport number"
    examples = ("M12345678", "C01X00T47")


class DriversLicenseNumber(Entity):
    """Numbers of driving licences.

    Not: number plates; classes of licence ("B").
    The span is the number alone, its letters and hyphens included.
    """

    label = "driver's license number"
    examples = ("D1234567", "MORGA657054SM9IJ", "11-22-123456-60")


class VehicleRegistration(Entity):
    """Number plates and identification numbers of vehicles.

    Not: makes and models; driving licences.
    The span is the plate or number alone.
    """

    label = "vehicle registration"
    examples = ("AB12 CDE", "12가 3456", "1HGCM82633A004352")


class TaxNumber(Entity):
    """Numbers a tax office gives to people and businesses.

    Not: national numbers that have a type of their own here; invoice numbers; amounts of tax.
    The span is the number alone.
    """

    label = "tax number"
    examples = ("12-3456789", "DE123456789")


class NationalIdNumber(Entity):
    """Numbers of identity cards, residence permits and other state registers of persons.

    Not: passports and driving licences; the numbers below, which have a type of their own.
    The span is the number alone, its letters, blanks and hyphens included.
    """

    label = "national id number"
    examples = ("784-1990-1234567-1", "S1234567D", "BSNR 4410")


class UsSocialSecurityNumber(Entity):
    """Social security numbers of the United States: nine digits, mostly written 3-2-4.

    Not: telephone numbers; tax numbers of firms, written 2-7.
    The span is the digits with their hyphens.
    """

    label = "US social security number"
    validator = "us-ssn"
    examples = ("536-90-4399",)


class CanadianSin(Entity):
    """Social insurance numbers of Canada (SIN): nine digits, written 3-3-3.

    Not: telephone numbers; numbers of firms.
    The span is the digits with their blanks or hyphens.
    """

    label = "Canadian SIN"
    validator = "ca-sin"
    examples = ("130 692 544",)


class KoreanResidentNumber(Entity):
    """Resident and alien registration numbers of Korea (주민등록번호): six digits, a hyphen, seven digits.

    Not: dates of birth of six digits alone; business numbers, written 3-2-5.
    The span is all thirteen digits, or as many as are not masked.
    """

    label = "Korean resident registration number"
    validator = "kr-rrn"
    examples = ("900101-1234568",)


class GermanTaxId(Entity):
    """Tax identification numbers of Germany (Steuer-ID): eleven digits.

    Not: the tax number of an office (Steuernummer), written with strokes; VAT numbers.
    The span is the digits with their blanks.
    """

    label = "German tax id"
    validator = "de-idnr"
    examples = ("36 574 261 809",)


class SpanishDni(Entity):
    """Identity numbers of Spanish citizens (DNI, NIF): eight digits and a letter.

    Not: numbers of foreigners, which begin with X, Y or Z; numbers of firms (CIF).
    The span takes in the letter.
    """

    label = "Spanish DNI"
    validator = "es-dni"
    examples = ("12345678Z",)


class SpanishNie(Entity):
    """Identity numbers of foreigners in Spain (NIE): X, Y or Z, seven digits and a letter.

    Not: numbers of citizens (DNI); numbers of firms (CIF).
    The span takes in both letters.
    """

    label = "Spanish NIE"
    validator = "es-nie"
    examples = ("X1234567L",)


class FrenchNir(Entity):
    """Social security numbers of France (NIR, numéro de sécurité sociale): fifteen characters that begin with 1 or 2.

    Not: tax numbers; numbers of firms (SIREN, SIRET).
    The span takes in the two digits of the key.
    """

    label = "French NIR"
    validator = "fr-nir"
    examples = ("1 84 12 76 451 089 46",)


class ItalianCodiceFiscale(Entity):
    """Tax codes of persons in Italy (codice fiscale): sixteen letters and digits.

    Not: VAT numbers of firms, eleven digits.
    The span is all sixteen characters.
    """

    label = "Italian codice fiscale"
    validator = "it-cf"
    examples = ("RSSMRA85T10A562S",)


class PolishPesel(Entity):
    """Register numbers of persons in Poland (PESEL): eleven digits that begin with the date of birth.

    Not: tax numbers (NIP), ten digits.
    The span is all eleven digits.
    """

    label = "Polish PESEL"
    validator = "pl-pesel"
    examples = ("44051401359",)


class DutchBsn(Entity):
    """Citizen service numbers of the Netherlands (BSN, burgerservicenummer): nine digits.

    Not: telephone numbers; VAT numbers, which hold a B.
    The span is the digits alone.
    """

    label = "Dutch BSN"
    validator = "nl-bsn"
    examples = ("111222333",)


class SwedishPersonnummer(Entity):
    """Register numbers of persons in Sweden (personnummer): a date of birth, a hyphen, four digits.

    Not: numbers of firms; telephone numbers.
    The span takes in date and hyphen.
    """

    label = "Swedish personnummer"
    validator = "se-pnr"
    examples = ("811228-9874",)


class BrazilianCpf(Entity):
    """Register numbers of persons in Brazil (CPF): eleven digits, written 123.456.789-09.

    Not: numbers of firms (CNPJ), fourteen digits.
    The span takes in points and hyphen.
    """

    label = "Brazilian CPF"
    validator = "br-cpf"
    examples = ("390.533.447-05",)


class ChineseResidentId(Entity):
    """Numbers of resident identity cards of China (居民身份证): eighteen characters, the last a digit or X.

    Not: card and account numbers.
    The span is all eighteen characters.
    """

    label = "Chinese resident id"
    validator = "cn-ric"
    examples = ("11010519491231002X",)


class JapaneseMyNumber(Entity):
    """Individual numbers of Japan (My Number, マイナンバー): twelve digits.

    Not: numbers of firms, thirteen digits; card numbers.
    The span is the digits with their blanks.
    """

    label = "Japanese My Number"
    validator = "jp-my-number"
    examples = ("1234 5678 9018",)


class IndianAadhaar(Entity):
    """Aadhaar numbers of India: twelve digits, written in fours.

    Not: PAN, which has letters; mobile numbers.
    The span is the digits with their blanks.
    """

    label = "Indian Aadhaar"
    validator = "in-aadhaar"
    examples = ("2341 2341 2346",)


# --- Finance --------------------------------------------------------------------------------------


class Iban(Entity):
    """International bank account numbers: two letters of the country, two check digits, the account.

    Not: domestic account numbers; bank codes (BIC).
    The span is the whole number, its blanks included.
    """

    label = "IBAN"
    validator = "iban"
    examples = ("DE89 3704 0044 0532 0130 00", "GB82WEST12345698765432")


class Bic(Entity):
    """Bank codes for transfers (BIC, SWIFT): eight or eleven letters and digits.

    Not: account numbers; words in capitals; domestic sort codes.
    The span is the code alone.
    """

    label = "BIC"
    validator = "bic"
    examples = ("DEUTDEFF", "CZNBKRSEXXX")


class CardNumber(Entity):
    """Numbers of credit and debit cards, 12 to 19 digits.

    Not: bank accounts; order numbers; the last four digits alone; security code and expiry date.
    The span is the digits with their blanks or hyphens.
    """

    label = "card number"
    validator = "card"
    examples = ("4111 1111 1111 1111", "371449635398431")


class CardSecurityCode(Entity):
    """Security codes (CVV, CVC) and expiry dates of payment cards.

    Not: the card number; a PIN, which is an access code.
    The span is the digits alone.
    """

    label = "card security code"
    examples = ("CVV 123", "09/27")


class BankAccountNumber(Entity):
    """Domestic numbers of bank accounts, with sort code or routing number.

    Not: IBANs; card numbers; customer numbers.
    The span is the digits and hyphens of the number.
    """

    label = "bank account number"
    examples = ("20-45-77 01234567", "110-234-567890", "routing 021000021")


class BitcoinAddress(Entity):
    """Addresses from and to which Bitcoin is paid: 26 to 62 letters and digits.

    Not: hashes of transactions; private keys; names of currencies.
    The span is the address alone.
    """

    label = "bitcoin address"
    validator = "btc"
    examples = ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",)


class FinancialAmount(Entity):
    """What a person earns, owns, owes or pays: salaries, balances, debts, pensions, credit scores.

    Not: prices of goods; figures of companies; numbers of accounts.
    The span is the sum with its currency and period ("€3,200 a month").
    """

    label = "financial amount"
    examples = ("$54,000 a year", "€1,250.00", "credit score of 640", "월 320만 원")


class CustomerNumber(Entity):
    """Numbers by which a firm knows a person: customer, member, policy, contract, order and ticket numbers.

    Not: bank accounts and cards; medical records; staff and student numbers.
    The span is the number with its letters, without "No." or "#" apart from it.
    """

    label = "customer number"
    examples = ("CUST-88120", "POL-2231-77", "#4471-A")


# --- Health ---------------------------------------------------------------------------------------


class MedicalCondition(Entity):
    """Diseases, injuries, symptoms, disabilities, pregnancy and mental states of a person.

    Not: drugs and treatment; diseases as the subject of research or statistics.
    The span is the noun phrase of the condition, its degree and side included.
    """

    label = "medical condition"
    examples = ("type 2 diabetes", "fractured left wrist", "depression", "pregnant")


class Medication(Entity):
    """Drugs a person takes or took, by brand, generic name or class, with strength and dose.

    Not: the illness; food; drugs as goods for sale.
    The span takes in strength and form ("metformin 500 mg").
    """

    label = "medication"
    examples = ("metformin 500 mg", "Humira", "insulin")


class MedicalProcedure(Entity):
    """Operations, treatments, examinations and test results of a person, blood groups included.

    Not: drugs; diagnoses; the department or hospital.
    The span is the noun phrase, with the value where a result is given.
    """

    label = "medical procedure or result"
    examples = ("appendectomy", "MRI of the knee", "HbA1c 8.2%", "blood type O negative")


class MedicalRecordNumber(Entity):
    """Numbers of patient files, admissions, prescriptions and health insurance cards.

    Not: the NHS number of the United Kingdom, a type of its own; room and bed numbers.
    The span is the number with its letters.
    """

    label = "medical record number"
    examples = ("MRN 00482913", "Rx 7782201", "A123456780")


class NhsNumber(Entity):
    """Patient numbers of the British NHS: ten digits, written 3-3-4.

    Not: telephone numbers; numbers of prescriptions.
    The span is the digits with their blanks.
    """

    label = "NHS number"
    validator = "gb-nhs"
    examples = ("943 476 5919",)


# --- Biometrics and genes -------------------------------------------------------------------------


class BiometricData(Entity):
    """Marks of a person's body: fingerprints, faces, iris and voice prints, height, weight, eye colour, scars, tattoos.

    Not: illnesses; clothes; photographs as such.
    The span is the phrase that tells the mark, with its measure.
    """

    label = "biometric data"
    examples = ("fingerprint template", "178 cm", "blue eyes", "tattoo on the left forearm")


class GeneticData(Entity):
    """Results of gene tests, mutations, markers and inherited traits of a person.

    Not: genes as a subject of research; illnesses in the family, which are medical conditions.
    The span is the name of gene, variant or marker.
    """

    label = "genetic data"
    examples = ("BRCA1 mutation", "rs429358", "carrier of cystic fibrosis")


# --- Employment -----------------------------------------------------------------------------------


class Organization(Entity):
    """Companies and employers, by name.

    Also: agencies, clubs, banks and other bodies a person works for, belongs to or deals with.
    Not: schools and universities; products; a body without a name ("the bank").
    The span is the name with "Inc.", "GmbH" or the like.
    """

    label = "organization"
    examples = ("Larkspur Telecom", "Fairmead Council", "Siemens AG")


class JobTitle(Entity):
    """What a person does for a living: posts, occupations, ranks.

    Not: the employer; titles that only address ("Mr", "Ms").
    The span is the whole post ("senior data engineer").
    """

    label = "job title"
    examples = ("night auditor", "Senior Data Engineer", "nurse", "대리")


class EmployeeNumber(Entity):
    """Numbers by which an employer or a school knows a person: staff, badge and student numbers.

    Not: customer numbers; national numbers; numbers of rooms.
    The span is the number with its letters.
    """

    label = "employee or student number"
    examples = ("E-20417", "badge 5531", "20231187")


# --- Education ------------------------------------------------------------------------------------


class School(Entity):
    """Where someone studied or trained: university, college, school.

    Not: the place they are in; employers; degrees.
    The span is the name, the faculty included where it follows.
    """

    label = "school"
    examples = ("Lund University", "Borough Road College", "연세대학교")


class Qualification(Entity):
    """Degrees, diplomas, licences to practise, grades and marks of a person.

    Not: schools; posts; skills without a certificate.
    The span takes in subject and grade ("BSc Physics", "GPA 3.4").
    """

    label = "qualification"
    examples = ("BSc Physics", "GPA 3.4", "forklift licence", "PhD")


# --- Internet activity and devices ----------------------------------------------------------------


class Username(Entity):
    """Names by which a person is known online: logins, handles, screen names, profile ids.

    Not: e-mail addresses; real names; passwords.
    The span takes in a leading @.
    """

    label = "username"
    examples = ("nightowl_77", "@maria.codes", "u/quickloot")


class Url(Entity):
    """Web addresses: pages, profiles, links, domain names.

    Not: e-mail addresses; names of sites in running text ("Facebook").
    The span is the address, path included, without punctuation behind it.
    """

    label = "url"
    validator = "url"
    examples = ("https://example.org/u/jdoe", "www.example.com")


class IpAddress(Entity):
    """Internet addresses of machines, IPv4 or IPv6.

    Not: version numbers; ports; names of hosts.
    The span is the address without port and mask.
    """

    label = "IP address"
    validator = "ip"
    examples = ("192.0.2.44", "2001:db8::8a2e:370:7334")


class MacAddress(Entity):
    """Hardware addresses of network cards: six pairs of hexadecimal digits.

    Not: IPv6 addresses; serial numbers.
    The span is all six pairs with their signs.
    """

    label = "MAC address"
    validator = "mac"
    examples = ("00:1A:2B:3C:4D:5E",)


class Imei(Entity):
    """Numbers of mobile phones (IMEI): fifteen digits, mostly after the word IMEI.

    Not: telephone numbers; card numbers.
    The span is the digits with their hyphens.
    """

    label = "IMEI"
    validator = "imei"
    examples = ("49-015420-323751-8",)


class DeviceId(Entity):
    """Serial numbers, advertising ids, cookies, session ids and other marks of a device or browser.

    Not: MAC and IP addresses, IMEI; models of devices ("Galaxy S24"); API keys.
    The span is the id alone.
    """

    label = "device id"
    examples = ("38400000-8cf0-11bd-b23e-10b96e40000d", "SN C02XK1JHJG5H", "GA1.2.1084672")


class OnlineActivity(Entity):
    """What a person did online: search terms, pages visited, purchases, viewing and app use.

    Not: addresses of pages; accounts; acts outside the net.
    The span is the phrase that tells what was searched, read or bought.
    """

    label = "online activity"
    examples = ('searched for "divorce lawyer"', "visited the debt-advice page")


# --- Credentials ----------------------------------------------------------------------------------


class Password(Entity):
    """Passwords, passphrases and answers to security questions.

    Not: user names; rules for passwords; the word "password".
    The span is the secret exactly as written.
    """

    label = "password"
    examples = ("Tr0ub4dor&3", "correct horse battery staple")


class AccessCode(Entity):
    """Short secret codes: PINs, one-time codes, codes of doors and alarms.

    Not: passwords; postcodes; order numbers.
    The span is the digits or letters of the code.
    """

    label = "access code"
    examples = ("PIN 4821", "739 204", "C#2580")


class ApiKey(Entity):
    """Keys and tokens by which programs log in: API keys, bearer tokens, private keys.

    Not: user names; ids that are no secret; hashes of files.
    The span is the key alone, without the name of the variable.
    """

    label = "API key"
    examples = ("AKIAIOSFODNN7EXAMPLE", "tok_9f2c71e0b44a")


# --- Special categories ---------------------------------------------------------------------------


class EthnicOrigin(Entity):
    """A person's race, ethnic group or descent.

    Not: nationality by passport; languages; countries.
    The span is the word of origin alone.
    """

    label = "ethnic origin"
    examples = ("Black", "Roma", "of Kurdish descent", "Hispanic")


class Religion(Entity):
    """A person's faith, church or belief, or the lack of one.

    Not: buildings and feasts; religion as a subject.
    The span is the word of faith alone.
    """

    label = "religion"
    examples = ("Catholic", "Muslim", "Jehovah's Witness", "atheist")


class PoliticalOpinion(Entity):
    """Whether a person is conservative, socialist, liberal, or a member of a party.

    Not: parties and politicians in the news as such; offices.
    The span is the word or phrase of the conviction.
    """

    label = "political opinion"
    examples = ("Green Party member", "conservative", "voted Leave")


class UnionMembership(Entity):
    """A person's membership or office in a trade union.

    Not: unions as parties to a dispute; employers; clubs.
    The span is the phrase with the union's name.
    """

    label = "union membership"
    examples = ("member of IG Metall", "UNISON rep")


class SexualOrientation(Entity):
    """A person's sexual orientation or sex life.

    Not: gender; marital status.
    The span is the word or phrase alone.
    """

    label = "sexual orientation"
    examples = ("gay", "bisexual", "lesbian")


class CriminalRecord(Entity):
    """Charges, convictions, sentences and arrests of a person.

    Not: crimes a person suffered; laws and courts as such.
    The span is the phrase of offence or sentence.
    """

    label = "criminal record"
    examples = ("convicted of theft", "two years' probation", "arrested for drunk driving")
