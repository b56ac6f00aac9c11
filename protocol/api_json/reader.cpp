#include "protocol/api_json/reader.hpp"

#include "protocol/api_json/api_json.hpp"
#include "protocol/api_json/text.hpp"

namespace ff::api_json {

Error Reader::error(std::string_view reason) const {
  return Error(invalid_json, {{"offset", at_}, {"reason", reason}});
}

void Reader::skip_space() {
  while (at_ < text_.size() &&
         (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) {
    ++at_;
  }
}

bool Reader::take(char wanted) {
  skip_space();
  if (at_ >= text_.size() || text_[at_] != wanted) return false;
  ++at_;
  return true;
}

bool Reader::take_word(std::string_view word) {
  skip_space();
  if (text_.substr(at_, word.size()) != word) return false;
  at_ += word.size();
  return true;
}

Reader::Kind Reader::peek() {
  skip_space();
  switch (current()) {
    case '{':
      return Kind::object;
    case '[':
      return Kind::array;
    case '"':
      return Kind::string;
    case 't':
    case 'f':
      return Kind::boolean;
    case 'n':
      return Kind::null;
    case '-':
      return Kind::number;
    default:
      return current() >= '0' && current() <= '9' ? Kind::number : Kind::invalid;
  }
}

Status Reader::open(char bracket) {
  if (!take(bracket)) return fail(error(bracket == '{' ? "expected an object" : "expected a list"));
  if (++depth_ > max_depth) return fail(error("nested too deep"));
  first_ = true;
  return {};
}

Status Reader::begin_object() {
  return open('{');
}
Status Reader::begin_array() {
  return open('[');
}

Result<std::optional<std::string>> Reader::next_key() {
  if (take('}')) {
    --depth_;
    first_ = false;
    return std::optional<std::string>();
  }
  if (!first_ && !take(',')) return fail(error("expected `,` or `}`"));
  FF_TRY(auto key, string());
  if (!take(':')) return fail(error("expected `:`"));
  first_ = false;
  return std::optional<std::string>(std::move(key));
}

Result<bool> Reader::next_element() {
  if (take(']')) {
    --depth_;
    first_ = false;
    return false;
  }
  if (!first_ && !take(',')) return fail(error("expected `,` or `]`"));
  if (!first_ && peek() == Kind::invalid) return fail(error("expected a value"));
  first_ = false;
  return true;
}

std::optional<unsigned> Reader::hex4() {
  unsigned value = 0;
  for (int i = 0; i < 4; ++i, ++at_) {
    auto c = current();
    unsigned digit = 0;
    if (c >= '0' && c <= '9')
      digit = static_cast<unsigned>(c - '0');
    else if (c >= 'a' && c <= 'f')
      digit = static_cast<unsigned>(c - 'a') + 10;
    else if (c >= 'A' && c <= 'F')
      digit = static_cast<unsigned>(c - 'A') + 10;
    else
      return std::nullopt;
    value = value << 4 | digit;
  }
  return value;
}

Status Reader::escape(std::string& out) {
  constexpr std::string_view names = "\"\\/bfnrt";
  constexpr std::string_view values = "\"\\/\b\f\n\r\t";
  auto name = current();
  ++at_;
  if (auto at = names.find(name); at != std::string_view::npos) {
    out += values[at];
    return {};
  }
  if (name != 'u') return fail(error("unknown escape"));
  auto unit = hex4();
  if (!unit) return fail(error("expected four hex digits"));
  constexpr char32_t replacement = 0xfffd;
  char32_t character = *unit;
  if (character >= 0xd800 && character < 0xdc00 && text_.substr(at_, 2) == "\\u") {
    auto before = at_;
    at_ += 2;
    auto low = hex4();
    if (!low) return fail(error("expected four hex digits"));
    if (*low >= 0xdc00 && *low < 0xe000) {
      character = 0x10000 + ((character - 0xd800) << 10) + (*low - 0xdc00);
    } else {
      at_ = before;  // The second escape stands for itself.
    }
  }
  if (character >= 0xd800 && character < 0xe000) character = replacement;
  append_utf8(out, character);
  return {};
}

Result<std::string> Reader::string() {
  if (!take('"')) return fail(error("expected a string"));
  std::string out;
  while (at_ < text_.size()) {
    auto stop = at_;
    while (stop < text_.size() && text_[stop] != '"' && text_[stop] != '\\' &&
           static_cast<unsigned char>(text_[stop]) >= 0x20) {
      ++stop;
    }
    auto run = text_.substr(at_, stop - at_);
    if (!is_utf8(run)) return fail(error("invalid UTF-8"));
    out += run;
    at_ = stop;
    auto stopper = current();
    if (stopper != '"' && stopper != '\\') return fail(error("unfinished string"));
    ++at_;
    if (stopper == '"') return out;
    FF_CHECK(escape(out));
  }
  return fail(error("unfinished string"));
}

bool Reader::digits() {
  auto start = at_;
  while (current() >= '0' && current() <= '9') ++at_;
  return at_ > start;
}

Result<std::string_view> Reader::number() {
  skip_space();
  auto start = at_;
  if (current() == '-') ++at_;
  bool zero = current() == '0';
  auto whole = at_;
  if (!digits() || (zero && at_ - whole > 1)) return fail(error("expected a number"));
  if (current() == '.') {
    ++at_;
    if (!digits()) return fail(error("expected a digit"));
  }
  if (current() == 'e' || current() == 'E') {
    ++at_;
    if (current() == '+' || current() == '-') ++at_;
    if (!digits()) return fail(error("expected a digit"));
  }
  return text_.substr(start, at_ - start);
}

Result<bool> Reader::boolean() {
  if (take_word("true")) return true;
  if (take_word("false")) return false;
  return fail(error("expected true or false"));
}

Status Reader::null() {
  if (!take_word("null")) return fail(error("expected null"));
  return {};
}

Status Reader::skip_members(bool object) {
  for (;;) {
    if (object) {
      FF_TRY(auto key, next_key());
      if (!key) return {};
    } else {
      FF_TRY(bool more, next_element());
      if (!more) return {};
    }
    FF_CHECK(skip());
  }
}

Status Reader::skip() {
  switch (peek()) {
    case Kind::object: {
      FF_CHECK(begin_object());
      return skip_members(true);
    }
    case Kind::array: {
      FF_CHECK(begin_array());
      return skip_members(false);
    }
    case Kind::string: {
      FF_CHECK(string());
      return {};
    }
    case Kind::number: {
      FF_CHECK(number());
      return {};
    }
    case Kind::boolean: {
      FF_CHECK(boolean());
      return {};
    }
    case Kind::null:
      return null();
    case Kind::invalid:
      break;
  }
  return fail(error("expected a value"));
}

Status Reader::end() {
  skip_space();
  if (at_ != text_.size()) return fail(error("unexpected text after the value"));
  return {};
}

}  // namespace ff::api_json
