#include "app/codec/output.hpp"

#include <js/Array.h>
#include <js/CharacterEncoding.h>
#include <js/Class.h>
#include <js/Conversions.h>
#include <js/Object.h>
#include <js/PropertyAndElement.h>
#include <js/String.h>
#include <js/experimental/TypedData.h>
#include <jsfriendapi.h>

#include <cmath>

#include "protocol/application_json/text.hpp"
#include "protocol/base/time.hpp"
#include "protocol/formatter/document.hpp"
#include "protocol/formatter/wire.hpp"

namespace ff::codec {
namespace {

/// Values looked at, those that are left out included.
constexpr std::size_t visited_max = 200'000;
constexpr std::size_t paths_max = 16;
/// Times that RFC 3339 text is made of, milliseconds: years 1678 to 2261.
constexpr double time_ms_max = 9.1e12;

/// JSON has no such value: members are left out, elements are null, as JSON.stringify does.
bool is_nothing(const JS::Value& value) {
  return value.isUndefined() || value.isSymbol() ||
         (value.isObject() && JS::IsCallable(&value.toObject()));
}

}  // namespace

bool Output::refuse(const char* problem) {
  problem_ = problem;
  return false;
}

bool Output::append(JS::HandleValue value) {
  return append_value(value, "", 0);
}

bool Output::append_value(JS::HandleValue value, const std::string& path, std::size_t depth) {
  if (++visited_ > visited_max || text_.size() > formatter::output_max)
    return refuse("the result is too large");
  if (is_nothing(value) || value.isNull()) {
    text_ += "null";
    return true;
  }
  if (value.isBoolean()) {
    text_ += value.toBoolean() ? "true" : "false";
    return true;
  }
  if (value.isNumber()) {
    append_number(value.toNumber(), path);
    return true;
  }
  if (value.isString()) return append_string(value.toString());
  if (!value.isObject()) return refuse("the result holds a BigInt");
  if (depth >= formatter::depth_max) return refuse("the result is nested too deeply");
  const JS::RootedObject object(cx_, &value.toObject());
  return append_object(object, path, depth);
}

void Output::append_number(double number, const std::string& path) {
  if (!std::isfinite(number)) {
    if (unencodable_.size() < paths_max) unencodable_.push_back(path);
    text_ += "null";
    return;
  }
  // Minus zero too.
  application_json::append_number(text_, number == 0 ? 0.0 : number);
}

bool Output::append_string(JSString* string) {
  if (JS::GetStringLength(string) > formatter::output_max) return refuse("the result is too large");
  auto* linear = JS_EnsureLinearString(cx_, string);
  if (linear == nullptr) return false;
  std::string utf8(JS::GetDeflatedUTF8StringLength(linear), '\0');
  utf8.resize(JS::DeflateStringToUTF8Buffer(linear, mozilla::Span<char>(utf8.data(), utf8.size())));
  application_json::append_string(text_, utf8);
  return true;
}

bool Output::append_date(JS::HandleObject object) {
  double time_ms = 0;
  if (!js::DateGetMsecSinceEpoch(cx_, object, &time_ms)) return false;
  if (!(std::abs(time_ms) < time_ms_max)) {
    text_ += "null";
    return true;
  }
  const std::chrono::milliseconds since{static_cast<std::int64_t>(time_ms)};
  application_json::append_string(text_, to_rfc3339(UtcTime{since}));
  return true;
}

/// `new Number(1)` and the like: what it stands for.
bool Output::append_boxed(JS::HandleObject object, bool is_text, const std::string& path) {
  const JS::RootedValue value(cx_, JS::ObjectValue(*object));
  if (is_text) {
    auto* text = JS::ToString(cx_, value);
    return text != nullptr && append_string(text);
  }
  double number = 0;
  if (!JS::ToNumber(cx_, value, &number)) return false;
  append_number(number, path);
  return true;
}

bool Output::append_object(JS::HandleObject object, const std::string& path, std::size_t depth) {
  js::ESClass kind{};
  if (!JS::GetBuiltinClass(cx_, object, &kind)) return false;
  switch (kind) {
    case js::ESClass::Date:
      return append_date(object);
    case js::ESClass::Number:
    case js::ESClass::String:
    case js::ESClass::Boolean:
      return append_boxed(object, kind == js::ESClass::String, path);
    case js::ESClass::Array: {
      std::uint32_t length = 0;
      return JS::GetArrayLength(cx_, object, &length) &&
             append_elements(object, length, path, depth);
    }
    default:
      break;
  }
  if (JS_IsTypedArrayObject(object)) {
    const auto length = JS_GetTypedArrayLength(object);
    if (length > formatter::output_max) return refuse("the result is too large");
    return append_elements(object, static_cast<std::uint32_t>(length), path, depth);
  }
  return append_members(object, path, depth);
}

bool Output::append_elements(JS::HandleObject object, std::uint32_t length, const std::string& path,
                             std::size_t depth) {
  text_ += '[';
  JS::RootedValue element(cx_);
  for (std::uint32_t i = 0; i < length; ++i) {
    if (i > 0) text_ += ',';
    if (!JS_GetElement(cx_, object, i, &element)) return false;
    if (!append_value(element, path + "[" + std::to_string(i) + "]", depth + 1)) return false;
  }
  text_ += ']';
  return true;
}

bool Output::append_members(JS::HandleObject object, const std::string& path, std::size_t depth) {
  JS::Rooted<JS::IdVector> ids(cx_, JS::IdVector(cx_));
  if (!JS_Enumerate(cx_, object, &ids)) return false;
  text_ += '{';
  bool first = true;
  JS::RootedValue value(cx_);
  JS::RootedId id(cx_);
  for (std::size_t i = 0; i < ids.length(); ++i) {
    id = ids[i];
    if (++visited_ > visited_max) return refuse("the result is too large");
    if (!JS_GetPropertyById(cx_, object, id, &value)) return false;
    if (is_nothing(value)) continue;
    JS::RootedValue name(cx_);
    if (!JS_IdToValue(cx_, id, &name)) return false;
    const JS::RootedString text(cx_, JS::ToString(cx_, name));
    if (!text) return false;
    if (!std::exchange(first, false)) text_ += ',';
    const auto begin = text_.size() + 1;
    if (!append_string(text)) return false;
    const auto member = text_.substr(begin, text_.size() - begin - 1);
    text_ += ':';
    if (!append_value(value, path.empty() ? member : path + "." + member, depth + 1)) return false;
  }
  text_ += '}';
  return true;
}

}  // namespace ff::codec
