// Every field of json-fields.tsv, which are those of the messages in the plugin's dialect: its
// keys, and what a value of its type may look like. [api/json-rules.md, Scalars, Hex byte fields,
// Well-known types]
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "protocol/api_json/schema.hpp"
#include "test/protocol/api_json/messages.hpp"
#include "test/support/table.hpp"

namespace ff::api_json::test {
namespace {

struct Row {
  std::string type;
  std::string name;
  std::string emit_if;
  std::string read;
  std::vector<std::string> keys;
  const google::protobuf::FieldDescriptor* field = nullptr;

  /// The field alone, with `value`, as a list of one where the field is a list.
  std::string with(const std::string& value) const {
    return "{\"" + name + "\":" + (field->is_repeated() ? "[" + value + "]" : value) + "}";
  }
};

std::vector<std::string> split(const std::string& text, char separator) {
  std::istringstream stream(text);
  std::vector<std::string> out;
  for (std::string part; std::getline(stream, part, separator);) out.push_back(part);
  return out;
}

std::vector<Row> read_rows() {
  std::vector<Row> out;
  for (const auto& row :
       ff::test::read_table(FF_SOURCE_DIR "/protocol/proto/tables/json-fields.tsv")) {
    Row one{row.at("message"), row.at("field"), row.at("emit_if"), row.at("read"), {}};
    if (row.at("accepted_keys") != "bare value") one.keys = split(row.at("accepted_keys"), ',');
    const auto message = make(one.type);
    one.field = message ? message->GetDescriptor()->FindFieldByName(one.name) : nullptr;
    EXPECT_NE(one.field, nullptr) << one.type << '.' << one.name;
    out.push_back(std::move(one));
  }
  return out;
}

const std::vector<Row>& all_rows() {
  static const auto rows = read_rows();
  return rows;
}

/// The rows of fields that are read as `read`, without maps, and of objects only: what is read as a
/// bare value has no key.
std::vector<Row> rows_of(const std::string& read) {
  std::vector<Row> out;
  std::ranges::copy_if(all_rows(), std::back_inserter(out), [&](const Row& row) {
    return row.read == read && !row.keys.empty() && !row.field->is_map();
  });
  EXPECT_FALSE(out.empty()) << read;
  return out;
}

void expect(const Row& row, const std::string& value, const std::string& outcome) {
  EXPECT_EQ(reread(row.type, row.with(value)), outcome)
      << row.type << '.' << row.name << " = " << value;
}

TEST(FieldsTable, ItsKeysAndNoOthersNameTheField) {
  for (const auto& row : all_rows()) {
    const auto* type = row.field->containing_type();
    for (const auto& key : row.keys) EXPECT_EQ(find_field(type, key), row.field) << key;
    if (row.keys.size() < 2) continue;
    auto upper = row.keys[1];
    upper[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(upper[0])));
    auto dashes = row.name;
    std::ranges::replace(dashes, '_', '-');
    for (const auto& key : {upper, dashes, row.name + " ", row.name + "_"})
      EXPECT_EQ(find_field(type, key), nullptr) << row.type << ' ' << key;
  }
}

TEST(FieldsTable, NullLeavesEveryFieldUnset) {
  for (const auto& row : all_rows()) {
    if (row.keys.empty()) continue;
    EXPECT_EQ(reread(row.type, "{\"" + row.name + "\":null}"), "{}") << row.type << '.' << row.name;
  }
}

/// Bits that are 62 and 63 in base64, the two characters in which its alphabets differ.
std::string sample(std::size_t size) {
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += "\xfb\xff\xbe"[i % 3];
  return bytes;
}

std::string hex(const std::string& bytes, const char* digits) {
  std::string out;
  for (const char c : bytes) {
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

struct HexRow {
  const char* read;
  std::size_t size;
  const char* base64;  ///< Of `sample`, in the standard alphabet without padding.
};
constexpr HexRow hex_rows[] = {
    {"custom:Unmarshal2Bytes", 2, "+/8"},
    {"custom:Unmarshal3Bytes", 3, "+/++"},
    {"custom:Unmarshal4Bytes", 4, "+/+++w"},
    {"custom:Unmarshal6Bytes", 6, "+/+++/++"},
    {"custom:Unmarshal8Bytes", 8, "+/+++/+++/8"},
    {"custom:Unmarshal16Bytes", 16, "+/+++/+++/+++/+++/+++w"},
};

TEST(FieldsTable, IdentifiersAreHexOrBase64AsTheirLengthSays) {
  for (const auto& [read, size, base64] : hex_rows) {
    const auto bytes = sample(size);
    const auto upper = hex(bytes, "0123456789ABCDEF");
    std::string url = base64;
    std::ranges::replace(url, '+', '-');
    std::ranges::replace(url, '/', '_');
    for (const auto& row : rows_of(read)) {
      const auto written = row.with("\"" + upper + "\"");
      for (const auto& text : {upper, hex(bytes, "0123456789abcdef"), upper + "==",
                               std::string(base64), std::string(base64) + "=", url, url + "=="})
        expect(row, '"' + text + '"', written);
    }
  }
}

TEST(FieldsTable, IdentifiersOfAnotherLengthOrOtherCharactersAreRefused) {
  for (const auto& [read, size, base64] : hex_rows) {
    const auto row = rows_of(read).front();
    for (std::size_t length = 1; length <= 2 * size + 2; ++length) {
      if (length == 2 * size || length == std::string_view(base64).size()) continue;
      expect(row, '"' + std::string(length, 'A') + '"', value_refused);
    }
    auto text = std::string(2 * size, '0');
    for (const char wrong : {'g', 'G', ' ', ':', '-'}) {
      text.back() = wrong;
      expect(row, '"' + text + '"', value_refused);
    }
    text = base64;
    text[1] = '*';
    expect(row, '"' + text + '"', value_refused);
    expect(row, "12", json_refused);
  }
}

TEST(FieldsTable, AnEmptyIdentifierIsNone) {
  for (const auto& [read, size, base64] : hex_rows) {
    for (const auto& row : rows_of(read)) {
      if (row.emit_if == "oneof" || row.field->is_repeated()) continue;
      for (const char* text : {R"("")", R"("=")", R"("==")"}) expect(row, text, "{}");
    }
  }
}

TEST(FieldsTable, OtherBytesAreBase64OfEitherAlphabetPaddedOrNot) {
  for (const auto& row : rows_of("bytes")) {
    const auto written = row.with(R"("+/++/w==")");
    for (const char* text :
         {R"("+/++/w==")", R"("+/++/w")", R"("-_--_w==")", R"("-_--_w")", R"("-/+-_w=")"})
      expect(row, text, written);
    for (const char* text : {R"("A")", R"("AAAAA")", R"("A A=")", R"("AA=A")", R"("A\u0000AA")"})
      expect(row, text, value_refused);
    expect(row, "[1]", json_refused);
  }
}

struct NumberRow {
  const char* text;
  const char* written;  ///< Null: refused.
};
struct NumberRows {
  const char* read;
  bool quoted;  ///< 64 bits are more than JavaScript's numbers hold.
  std::vector<NumberRow> rows;
};

const NumberRows number_rows[] = {
    {"uint32",
     false,
     {{"1", "1"},
      {"4294967295", "4294967295"},
      {"4294967295.0", "4294967295"},
      {"1e2", "100"},
      {"4294967296", nullptr},
      {"-1", nullptr},
      {"0.5", nullptr},
      {"1e10", nullptr},
      {"18446744073709551617", nullptr}}},
    {"int32",
     false,
     {{"2147483647", "2147483647"},
      {"-2147483648", "-2147483648"},
      {"-1", "-1"},
      {"-2.0", "-2"},
      {"2147483648", nullptr},
      {"-2147483649", nullptr},
      {"-0.5", nullptr},
      {"1e30", nullptr}}},
    {"uint64",
     true,
     {{"1", "1"},
      {"18446744073709551615", "18446744073709551615"},
      {"9007199254740993", "9007199254740993"},
      {"18446744073709551616", nullptr},
      {"-1", nullptr},
      {"1.25", nullptr}}},
    {"int64",
     true,
     {{"9223372036854775807", "9223372036854775807"},
      {"-9223372036854775808", "-9223372036854775808"},
      {"-9007199254740993", "-9007199254740993"},
      {"9223372036854775808", nullptr},
      {"-9223372036854775809", nullptr}}},
    {"float32",
     false,
     {{"0.1", "0.1"},
      {"-1.5", "-1.5"},
      {"16777217", "16777216"},
      {"3.4028235e38", "3.4028235e+38"},
      {"-3.4028235e38", "-3.4028235e+38"},
      {"1e-45", "1e-45"},
      {"3.5e38", nullptr},
      {"-1e39", nullptr}}},
    {"float64",
     false,
     {{"0.1", "0.1"},
      {"1.7976931348623157e308", "1.7976931348623157e+308"},
      {"5e-324", "5e-324"},
      {"1e309", nullptr}}},
};

TEST(FieldsTable, NumbersEndWhereTheirTypeEnds) {
  for (const auto& [read, quoted, numbers] : number_rows) {
    for (const auto& row : rows_of(read)) {
      for (const auto& [text, written] : numbers) {
        std::string outcome = value_refused;
        if (written != nullptr)
          outcome = row.with(quoted ? '"' + std::string(written) + '"' : written);
        expect(row, text, outcome);
        expect(row, '"' + std::string(text) + '"', outcome);
      }
      for (const char* text : {R"("")", R"(" 1")", R"("1 ")", R"("0x1")", R"("+1")", R"("1,0")"})
        expect(row, text, value_refused);
      for (const char* text : {"true", "{}", "01", "+1", ".5", "1.", "1e", "-", "NaN", "Infinity"})
        expect(row, text, json_refused);
    }
  }
}

TEST(FieldsTable, OnlyFractionsKnowInfinity) {
  for (const char* text : {R"("NaN")", R"("Infinity")", R"("-Infinity")"}) {
    for (const char* read : {"float32", "float64"}) {
      for (const auto& row : rows_of(read)) expect(row, text, row.with(text));
    }
    for (const char* read : {"uint32", "int32", "uint64", "int64"}) {
      for (const auto& row : rows_of(read)) expect(row, text, value_refused);
    }
  }
}

/// As strconv.ParseFloat has it: out of range are numbers that are too large.
TEST(FieldsTable, ANumberTooSmallForItsTypeIsZero) {
  for (const char* read : {"float32", "float64"}) {
    for (const auto& row : rows_of(read)) {
      const bool absent = row.emit_if != "oneof" && !row.field->is_repeated();
      for (const char* text : {"1e-400", "\"1e-400\"", "0.1e-4000"})
        expect(row, text, absent ? "{}" : row.with("0"));
    }
  }
}

TEST(FieldsTable, TruthIsALiteral) {
  for (const auto& row : rows_of("bool")) {
    expect(row, "true", row.with("true"));
    for (const char* text : {R"("true")", "1", "0", "tru", "True", "[]"})
      expect(row, text, json_refused);
  }
}

TEST(FieldsTable, TextIsNothingElse) {
  for (const auto& row : rows_of("string")) {
    expect(row, R"("a\u0022\\\u00e9")", row.with("\"a\\\"\\\\\u00e9\""));
    for (const char* text : {"1", "true", "{}"}) expect(row, text, json_refused);
  }
}

TEST(FieldsTable, TimesEndInZ) {
  for (const auto& row : rows_of("timestamp")) {
    const auto written = row.with(R"("2025-02-11T08:31:07.120Z")");
    expect(row, R"("2025-02-11T08:31:07.12Z")", written);
    expect(row, R"("2025-02-11T10:01:07.12+01:30")", value_refused);
    expect(row, R"("2025-02-11T08:31:07.1234567890Z")", value_refused);
    expect(row, R"("2025-02-11 08:31:07Z")", value_refused);
    expect(row, "1739262667", json_refused);
  }
}

TEST(FieldsTable, DurationsHaveGosUnits) {
  for (const auto& row : rows_of("duration")) {
    const auto written = row.with(R"("5400.250s")");
    for (const char* text :
         {R"("5400.250s")", R"("1h30m250ms")", R"("90m0.25s")", R"("1.5h0.25s")"})
      expect(row, text, written);
    for (const char* text : {R"("")", R"("5")", R"("5 s")", R"("5S")", R"("5d")", R"("s")"})
      expect(row, text, value_refused);
    expect(row, "5", json_refused);
  }
}

TEST(FieldsTable, MasksAreAnObjectOrOneTextOfPathsAsTheyStand) {
  for (const auto& row : rows_of("fieldmask")) {
    const auto written = row.with(R"({"paths":["a_b.c","dE"]})");
    expect(row, R"({"paths":["a_b.c","dE"]})", written);
    expect(row, R"("a_b.c,dE")", written);
    expect(row, R"("")", row.with("{}"));
    expect(row, R"({"paths":"a"})", json_refused);
    expect(row, R"(["a"])", json_refused);
  }
}

TEST(FieldsTable, AMemberOfAChoiceIsWrittenThoughItIsZero) {
  const std::map<std::string, std::string> zeros = {
      {"string", R"("")"},  {"bytes", R"("")"},
      {"uint32", "0"},      {"int32", "0"},
      {"uint64", R"("0")"}, {"bool", "false"},
      {"float32", "0"},     {"timestamp", R"("1970-01-01T00:00:00Z")"},
      {"message", "{}"},    {"duration", R"("0s")"}};
  std::size_t seen = 0;
  for (const auto& row : all_rows()) {
    const auto zero = zeros.find(row.read);
    if (row.emit_if != "oneof" || zero == zeros.end()) continue;
    expect(row, zero->second, row.with(zero->second));
    ++seen;
  }
  EXPECT_GT(seen, 40U);
}

}  // namespace
}  // namespace ff::api_json::test
