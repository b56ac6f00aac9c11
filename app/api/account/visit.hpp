// INTERNAL: one request to the account application on its way: what came, who it is, how to answer.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/events/event.hpp"
#include "app/api/account/account.hpp"
#include "app/api/account/form.hpp"
#include "app/api/account/views.hpp"

namespace ff::api::account {

/// Who is signed in, as the pages need it.
struct Visitor {
  std::string user_id;
  std::string name;
  std::string description;
  std::string email;
  bool email_validated = false;
  bool is_admin = false;
  bool must_change_password = false;
  std::string state_note;
};

class Visit : public std::enable_shared_from_this<Visit> {
 public:
  /// Reads cookies and addresses; not the body.
  Visit(std::shared_ptr<const Account> account, net::http::Request request,
        std::shared_ptr<net::http::ResponseWriter> response);

  const Account& account() const noexcept { return *account_; }
  const AccountPorts& ports() const noexcept { return account_->ports; }
  const std::string& mount() const noexcept { return ports().settings.mount; }
  const net::http::Request& request() const noexcept { return request_; }
  /// Below the mount: `/login`; empty for the mount itself.
  std::string_view path() const noexcept;
  bool is_post() const noexcept { return request_.method == "POST"; }
  bool is_secure() const noexcept { return secure_; }
  const std::string& address() const noexcept { return address_; }
  /// The client shows pages.
  bool wants_html() const;
  const std::vector<std::string>& correlation_ids() const noexcept { return correlation_ids_; }
  /// Of events: the request, and whose it is.
  events::Cause cause() const;

  /// Reads query and body. False: they are not readable.
  bool read();
  const Form& query() const noexcept { return query_; }
  const Form& form() const noexcept { return form_; }

  /// The token for forms and headers of this browser.
  std::string csrf() const;
  bool has_csrf_token() const;
  /// A new secret, as after a change of who is signed in.
  void renew_csrf();

  const std::optional<SessionCookie>& session() const noexcept { return session_; }
  void set_session(const SessionCookie& session);
  void clear_session();
  /// One more cookie of the answer; empty text: it ends.
  void set_cookie(std::string_view name, std::string_view text);
  std::string session_id() const;

  Visitor visitor;  // after a page that needs one has found it

  /// Calls the API as the user of the session, or as nobody.
  template <class Response>
  void call(const std::string& method, const google::protobuf::Message& request,
            std::function<void(const Response& response, const Refusal* refusal)> then) const {
    const auto api = account_->api.lock();
    if (!api) return respond_unavailable();
    api->call<Response>({method, session_ ? session_->token : std::string(), address_}, request,
                        std::move(then));
  }

  // Each answers the request.
  void page(int status, const Page& page);
  void message(int status, const MessageView& view) { page(status, message_page(view)); }
  void redirect(const std::string& location);
  void json(int status, const std::string& text);
  void no_content();
  void file(std::string_view content_type, std::string_view text);
  /// A page or JSON, by what the client takes.
  void refuse(const Error& error);
  void refuse(const Refusal& refusal);
  void respond_unavailable() const;

 private:
  net::http::Headers headers(std::string_view content_type) const;

  std::shared_ptr<const Account> account_;
  net::http::Request request_;
  std::shared_ptr<net::http::ResponseWriter> response_;
  bool secure_ = false;
  std::string address_;
  std::vector<std::string> correlation_ids_;
  Form query_;
  Form form_;
  std::string csrf_secret_;
  std::optional<SessionCookie> session_;
  std::string csrf_cookie_;     // to set; empty: as it is
  std::string session_cookie_;  // likewise
  std::vector<std::string> cookies_;
};
using VisitPtr = std::shared_ptr<Visit>;

/// `2026-01-02 03:04 UTC`.
std::string time_text(std::int64_t seconds);

}  // namespace ff::api::account
