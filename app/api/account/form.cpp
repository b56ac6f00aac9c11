#include "app/api/account/form.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "app/api/url.hpp"

namespace ff::api::account {
namespace {

std::optional<std::string> text_of(const boost::json::value& value) {
  if (const auto* text = value.if_string()) return std::string(text->data(), text->size());
  if (const auto* flag = value.if_bool()) return std::string(*flag ? "true" : "false");
  if (value.is_int64() || value.is_uint64()) return boost::json::serialize(value);
  return std::nullopt;
}

std::optional<Form> parse_json(std::string_view body) {
  boost::json::error_code error;
  boost::json::parse_options options;
  options.max_depth = 8;
  const auto value = boost::json::parse({body.data(), body.size()}, error, {}, options);
  if (error || !value.is_object() || value.get_object().size() > form_fields_max)
    return std::nullopt;
  Form::Fields fields;
  for (const auto& [name, field] : value.get_object()) {
    if (auto text = text_of(field))
      fields.emplace_back(std::string(name.data(), name.size()), *std::move(text));
  }
  return Form(std::move(fields));
}

}  // namespace

const std::string& Form::value(std::string_view name) const {
  static const std::string none;
  const auto found =
      std::ranges::find_if(fields_, [&](const auto& field) { return field.first == name; });
  return found == fields_.end() ? none : found->second;
}

bool Form::has(std::string_view name) const {
  return std::ranges::any_of(fields_, [&](const auto& field) { return field.first == name; });
}

std::optional<Form> parse_form(std::string_view content_type, std::string_view body) {
  if (body.size() > form_size_max) return std::nullopt;
  if (content_type.find("json") != std::string_view::npos) return parse_json(body);
  return parse_query(body);
}

std::optional<Form> parse_query(std::string_view query) {
  if (query.empty()) return Form();
  auto fields = split_query(query);
  if (!fields || fields->size() > form_fields_max) return std::nullopt;
  return Form(*std::move(fields));
}

}  // namespace ff::api::account
