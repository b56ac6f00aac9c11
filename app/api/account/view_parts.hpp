// INTERNAL to the views: fields and buttons.
#pragma once

#include <string>
#include <string_view>

#include "app/api/account/html.hpp"

namespace ff::api::account {

struct Field {
  std::string name;
  std::string label;
  std::string type = "text";  // `text`, `email`, `password`
  std::string value;
  std::string autocomplete = "off";
  std::string hint;
  bool required = true;
};
Html field(const Field& field);
Html hidden(std::string_view name, std::string_view value);
Html csrf_input(std::string_view token);
/// A form of one button.
Html button_form(const std::string& action, const std::string& csrf, const std::string& button,
                 const Html& inputs);

}  // namespace ff::api::account
