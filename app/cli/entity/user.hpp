// What commands of users do beside one call: passwords. [spec cli §5]
#pragma once

#include "app/cli/entity/method_command.hpp"

namespace ff::cli {

inline constexpr ErrorDef password_mismatch{"cli", "password_mismatch", Code::invalid_argument,
                                            "the passwords are not the same"};
inline constexpr ErrorDef no_password{"cli", "no_password", Code::invalid_argument,
                                      "no password was given"};

/// Asks for the password twice, and says afterwards what is still missing.
void complete_new_user(MethodCommand& row);

}  // namespace ff::cli
