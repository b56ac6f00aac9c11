#include "app/cli/output/json_text.hpp"

namespace ff::cli {
namespace {

class Indenter {
 public:
  std::string run(std::string_view json) {
    for (std::size_t i = 0; i < json.size(); ++i) {
      if (is_string_) {
        string(json[i]);
      } else {
        const auto next = i + 1 < json.size() ? json[i + 1] : '\0';
        const bool is_empty = (json[i] == '{' && next == '}') || (json[i] == '[' && next == ']');
        if (is_empty) {
          out_ += json[i];
          out_ += json[++i];
        } else {
          structure(json[i]);
        }
      }
    }
    return std::move(out_);
  }

 private:
  void string(char character) {
    out_ += character;
    if (is_escaped_) {
      is_escaped_ = false;
    } else if (character == '\\') {
      is_escaped_ = true;
    } else if (character == '"') {
      is_string_ = false;
    }
  }

  void structure(char character) {
    switch (character) {
      case '{':
      case '[':
        out_ += character;
        ++depth_;
        line();
        break;
      case '}':
      case ']':
        --depth_;
        line();
        out_ += character;
        break;
      case ',':
        out_ += character;
        line();
        break;
      case ':':
        out_ += ": ";
        break;
      case '"':
        is_string_ = true;
        out_ += character;
        break;
      default:
        out_ += character;
    }
  }

  void line() {
    out_ += '\n';
    out_.append(2 * depth_, ' ');
  }

  std::string out_;
  std::size_t depth_ = 0;
  bool is_string_ = false;
  bool is_escaped_ = false;
};

}  // namespace

std::string indented(std::string_view json) {
  return Indenter().run(json);
}

}  // namespace ff::cli
