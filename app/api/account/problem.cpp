#include "app/api/account/problem.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace ff::api::account {
namespace {

constexpr std::array texts = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"id_taken", "This user ID is taken. Choose another one."},
    {"already_exists", "There is an account with this email address already."},
    {"forbidden_id", "This user ID is reserved. Choose another one."},
    {"password_strength_min_length", "The password is too short."},
    {"password_strength_max_length", "The password is too long."},
    {"password_strength_uppercase", "The password needs more upper-case letters."},
    {"password_strength_digits", "The password needs more digits."},
    {"password_strength_special", "The password needs more special characters."},
    {"password_contains_user_id", "The password must not contain the user ID."},
    {"common_password", "Too many people use this password."},
    {"password_equals_old", "The new password is the old one."},
    {"old_password", "The current password is not right."},
    {"temporary_password_expired", "The temporary password has expired. Ask for another one."},
    {"user_registration_disabled", "Registration is closed. Ask the operator for an account."},
    {"invitation_token_required", "An invitation is needed to register."},
    {"invitation_not_found", "This invitation is not known."},
    {"invitation_expired", "This invitation has expired."},
    {"invitation_already_used", "This invitation was used already."},
    {"validation_token_not_found", "This link is not valid."},
    {"validation_token_expired", "This link has expired. Ask for another mail."},
    {"validation_token_already_used", "The address was validated before."},
    {"validation_request_forbidden", "A mail was sent a short while ago. Try again later."},
    {"no_validation_needed", "The address is validated."},
    {"no_user_id_password_match", "The user ID or the password is not right."},
    {"login_token_not_found", "This link is not valid."},
    {"login_token_expired", "This link has expired."},
    {"login_token_already_used", "This link was used already."},
    {"login_tokens_disabled", "Signing in by mail is not enabled."},
    {"rate_limit_exceeded", "Too many attempts. Wait a while and try again."},
});

std::string text_of(std::string_view name, std::string_view text) {
  const auto* known =
      std::ranges::find_if(texts, [&](const auto& row) { return row.first == name; });
  if (known != texts.end()) return std::string(known->second);
  std::string out(text);
  if (!out.empty() && out.front() >= 'a' && out.front() <= 'z')
    out.front() = static_cast<char>(out.front() - 'a' + 'A');
  if (!out.empty() && !out.ends_with('.')) out.push_back('.');
  return out;
}

}  // namespace

std::string problem_text(const Refusal& refusal) {
  const auto colon = refusal.name.find(':');
  return text_of(colon == std::string::npos ? std::string_view(refusal.name)
                                            : std::string_view(refusal.name).substr(colon + 1),
                 refusal.text);
}

std::string problem_text(const Error& error) {
  return text_of(error.name(), error.message());
}

}  // namespace ff::api::account
