// Html: markup that is safe by its type. Texts become markup by escaping alone; markup of our own
// are literals. Pure.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace ff::api::account {

/// `<`, `>`, `&`, `"` and `'` as references; bytes that HTML has no characters for are left out.
std::string escape_html(std::string_view text);

class Html {
 public:
  Html() = default;
  /// A text, escaped.
  static Html text(std::string_view text);
  const std::string& markup() const noexcept { return markup_; }
  bool empty() const noexcept { return markup_.empty(); }

  Html& operator+=(const Html& other) {
    markup_ += other.markup_;
    return *this;
  }
  friend Html operator+(Html a, const Html& b) {
    a += b;
    return a;
  }

 private:
  friend class HtmlTemplate;
  std::string markup_;
};

/// What stands for `{name}` in a template: texts are escaped.
struct HtmlValue {
  std::string_view name;
  std::variant<std::string, Html> value;
};

/// A literal with `{name}` in places of content or of whole attribute values between double quotes.
class HtmlTemplate {
 public:
  template <std::size_t size>
  consteval HtmlTemplate(const char (&literal)[size]) : text_(literal, size - 1) {}  // NOLINT

  /// Every `{name}` has to be given. `{` without a name behind it stays.
  Html fill(std::initializer_list<HtmlValue> values = {}) const;

 private:
  std::string_view text_;
};

/// An address for `href` and `action`: one of this server or of http and https; `#` for others.
std::string safe_link(std::string_view address);

}  // namespace ff::api::account
