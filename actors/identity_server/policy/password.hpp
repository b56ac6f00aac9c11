// What a password must be. Pure. Not how it is kept; see api_keys/token.hpp.
#pragma once

#include <string_view>

#include "actors/identity_server/policy/settings.hpp"
#include "protocol/base/result.hpp"

namespace ff::identity_server {

inline constexpr ErrorDef password_strength_min_length{
    "pkg/identityserver", "password_strength_min_length", Code::invalid_argument,
    "need at least `{n}` characters"};
inline constexpr ErrorDef password_strength_max_length{
    "pkg/identityserver", "password_strength_max_length", Code::invalid_argument,
    "need at most `{n}` characters"};
inline constexpr ErrorDef password_strength_uppercase{
    "pkg/identityserver", "password_strength_uppercase", Code::invalid_argument,
    "need at least `{n}` uppercase letter(s)"};
inline constexpr ErrorDef password_strength_digits{"pkg/identityserver", "password_strength_digits",
                                                   Code::invalid_argument,
                                                   "need at least `{n}` digit(s)"};
inline constexpr ErrorDef password_strength_special{
    "pkg/identityserver", "password_strength_special", Code::invalid_argument,
    "need at least `{n}` special character(s)"};
inline constexpr ErrorDef password_contains_user_id{
    "pkg/identityserver", "password_contains_user_id", Code::invalid_argument,
    "password can not contain the user ID"};
inline constexpr ErrorDef common_password{"pkg/identityserver", "common_password",
                                          Code::invalid_argument, "password is too common"};

/// Lengths count bytes, classes code points; text that is no UTF-8 counts as special characters.
/// Letters outside ASCII are upper case in Latin-1, Greek and Cyrillic only. [spec identity-server
/// §5.1] Errors: those above.
Status check_password(const PasswordRules& rules, std::string_view user_id,
                      std::string_view password);

}  // namespace ff::identity_server
