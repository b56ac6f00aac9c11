// What a browser or client posts: a form or a flat JSON object, as names and values. Pure; total on
// any bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ff::api::account {

inline constexpr std::size_t form_size_max = std::size_t{64} << 10U;
inline constexpr std::size_t form_fields_max = 100;

class Form {
 public:
  using Fields = std::vector<std::pair<std::string, std::string>>;

  Form() = default;
  explicit Form(Fields fields) : fields_(std::move(fields)) {}

  /// The first value; empty when there is none.
  const std::string& value(std::string_view name) const;
  bool has(std::string_view name) const;
  const Fields& fields() const noexcept { return fields_; }

 private:
  Fields fields_;
};

/// By the content type: JSON objects of texts, numbers and flags (others are left out), else
/// `application/x-www-form-urlencoded`. Nothing for what is neither, too large or too much.
std::optional<Form> parse_form(std::string_view content_type, std::string_view body);
/// Of a request's target.
std::optional<Form> parse_query(std::string_view query);

}  // namespace ff::api::account
