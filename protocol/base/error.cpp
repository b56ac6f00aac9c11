#include "protocol/base/error.hpp"

#include <charconv>

namespace ff {

Error::Error(const ErrorDef& def, std::vector<Attribute> attributes)
    : def_(&def),
      attributes_(std::make_shared<const std::vector<Attribute>>(std::move(attributes))) {}

Error Error::caused_by(Error cause) && {
  cause_ = std::make_shared<const Error>(std::move(cause));
  return std::move(*this);
}

const std::vector<Attribute>& Error::attributes() const noexcept {
  static const std::vector<Attribute> none;
  return attributes_ ? *attributes_ : none;
}

namespace {

struct ToText {
  std::string operator()(const std::string& text) const { return text; }
  std::string operator()(std::int64_t number) const { return std::to_string(number); }
  std::string operator()(bool flag) const { return flag ? "true" : "false"; }
  std::string operator()(double number) const {
    char text[32];
    auto end = std::to_chars(text, text + sizeof text, number).ptr;
    return std::string(text, end);
  }
  std::string operator()(const std::vector<std::string>& list) const {
    std::string text;
    for (const auto& item : list) {
      if (!text.empty()) text += ", ";
      text += item;
    }
    return text;
  }
};

const Attribute* find(const std::vector<Attribute>& attributes, std::string_view name) {
  for (const auto& attribute : attributes) {
    if (attribute.name == name) return &attribute;
  }
  return nullptr;
}

}  // namespace

std::string to_string(const AttributeValue& value) {
  return std::visit(ToText{}, value);
}

std::string Error::message() const {
  std::string text;
  std::string_view format = def_->message;
  while (!format.empty()) {
    auto open = format.find('{');
    text += format.substr(0, open);
    if (open == std::string_view::npos) break;
    auto close = format.find('}', open);
    if (close == std::string_view::npos) {
      text += format.substr(open);
      break;
    }
    if (const auto* attribute = find(attributes(), format.substr(open + 1, close - open - 1))) {
      text += ff::to_string(attribute->value);
    } else {
      text += format.substr(open, close - open + 1);
    }
    format.remove_prefix(close + 1);
  }
  return text;
}

std::string Error::to_string() const {
  std::string text = "error:";
  text.append(def_->name_space).append(":").append(def_->name);
  text.append(" (").append(message()).append(")");
  return text;
}

bool Error::operator==(const Error& other) const noexcept {
  return is(other.def()) && attributes() == other.attributes();
}

}  // namespace ff
