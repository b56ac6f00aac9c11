#include "app/cli/error/error_text.hpp"

namespace ff::cli {
namespace {

/// What a server says must not move the terminal's cursor.
std::string printable(std::string text) {
  for (auto& character : text) {
    const auto code = static_cast<unsigned char>(character);
    if ((code < 0x20 && character != '\n') || code == 0x7F) character = '?';
  }
  return text;
}

void append(std::string& out, const Error& error) {
  out += printable(error.to_string()) + "\n";
  for (const auto& [name, value] : error.attributes()) {
    if (name == "message" && error.def().message == "{message}") continue;
    out += "    " + printable(name) + "=" + printable(to_string(value)) + "\n";
  }
}

}  // namespace

std::string error_text(const Error& error) {
  std::string out;
  append(out, error);
  for (const auto* cause = error.cause(); cause != nullptr; cause = cause->cause()) {
    out += "--- ";
    append(out, *cause);
  }
  return out;
}

}  // namespace ff::cli
