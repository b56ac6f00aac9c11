// What the account pages show, made of plain values. Pure; every text is escaped by the type Html.
// Not who may see a page.
#pragma once

#include <string>
#include <vector>

#include "app/api/account/html.hpp"

namespace ff::api::account {

/// What all pages have around them.
struct Frame {
  std::string site_name;
  std::string title;
  std::string mount;
  std::string console_url;  // empty: no link
  std::string style_version;
  std::string sub_title;
  std::string description;  // empty: none, as of what follows
  std::string theme_color;
  std::string icon_url;
  std::string documentation_url;
  std::string status_page_url;
};

/// Who is signed in; empty id: nobody.
struct Signed {
  std::string user_id;
  std::string csrf;
};

struct Page {
  std::string title;
  Html body;
  std::string path;  // below the mount, for the navigation
  bool wide = false;
};
/// The whole document.
std::string document(const Frame& frame, const Page& page, const Signed& who);

/// A hint or problem above a form; empty: none.
struct Note {
  std::string text;
  bool good = false;
};
Html note(const Note& note);

struct LoginView {
  std::string csrf;
  std::string next;
  std::string user_id;
  Note note;
  bool can_register = true;
  std::string provider;  // of single sign-on; empty: none
  std::string mount;
};
Page login_page(const LoginView& view);

struct RegisterView {
  std::string csrf;
  std::string user_id;
  std::string name;
  std::string email;
  std::string invitation_token;
  bool invitation_required = false;
  std::string password_rules;
  Note note;
  std::string mount;
};
Page register_page(const RegisterView& view);

struct ForgotView {
  std::string csrf;
  std::string user_id;
  Note note;
  std::string mount;
};
Page forgot_page(const ForgotView& view);

/// A new password for the one that was mailed.
struct ResetView {
  std::string csrf;
  std::string user_id;
  std::string current;
  std::string password_rules;
  Note note;
  std::string mount;
};
Page reset_page(const ResetView& view);

/// A page with a button alone: links in mails are opened by programs too.
struct ConfirmView {
  std::string csrf;
  std::string title;
  std::string text;
  std::string button;
  std::string action;
  std::vector<std::pair<std::string, std::string>> hidden;
};
Page confirm_page(const ConfirmView& view);

struct MessageView {
  std::string title;
  std::string text;
  Note note;
  std::string link;  // empty: none
  std::string link_text;
};
Page message_page(const MessageView& view);

struct ConsentView {
  std::string csrf;
  std::string user_id;
  std::string client_id;
  std::string client_name;
  std::string description;
  bool endorsed = false;
  std::vector<std::string> rights;  // `RIGHT_APPLICATION_INFO`
  std::string goes_to;              // host, or "this server"
  std::string action;
};
Page consent_page(const ConsentView& view);

/// An authorization code for those who paste it; empty: there is none.
Page code_page(const std::string& code);

struct HomeView {
  std::string user_id;
  std::string name;
  std::string email;
  bool email_validated = false;
  bool is_admin = false;
  std::string state_note;  // for accounts that are restricted
  std::string console_url;
  std::string mount;
};
Page home_page(const HomeView& view);

struct ProfileView {
  std::string csrf;
  std::string user_id;
  std::string name;
  std::string description;
  std::string email;
  bool email_validated = false;
  Note note;
  std::string mount;
  std::string provider;  // of single sign-on; empty: none
};
Page profile_page(const ProfileView& view);

struct PasswordView {
  std::string csrf;
  std::string user_id;
  std::string password_rules;
  bool must_change = false;
  Note note;
  std::string mount;
};
Page password_page(const PasswordView& view);

struct SessionRow {
  std::string id;
  std::string created_at;
  bool is_current = false;
};
struct SessionsView {
  std::string csrf;
  std::vector<SessionRow> sessions;
  std::uint64_t total = 0;
  Note note;
  std::string mount;
};
Page sessions_page(const SessionsView& view);

struct AuthorizationRow {
  std::string client_id;
  std::string created_at;
  std::vector<std::string> rights;
};
struct AuthorizationsView {
  std::string csrf;
  std::vector<AuthorizationRow> authorizations;
  std::uint64_t total = 0;
  Note note;
  std::string mount;
};
Page authorizations_page(const AuthorizationsView& view);

struct TokenRow {
  std::string id;
  std::string created_at;
  std::string expires_at;
};
struct TokensView {
  std::string csrf;
  std::string client_id;
  std::vector<TokenRow> tokens;
  std::uint64_t total = 0;
  Note note;
  std::string mount;
};
Page tokens_page(const TokensView& view);

/// `RIGHT_APPLICATION_DEVICES_READ` for people.
std::string right_text(std::string_view right);

}  // namespace ff::api::account
