// An order of a certificate as the talk with an ACME server that it is: what to ask next, given
// what was answered. Pure: no sockets, no clock. [RFC 8555 §7]
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "protocol/acme/account_key.hpp"
#include "protocol/base/time.hpp"

namespace ff::acme {

inline constexpr ErrorDef refused{"protocol/acme", "refused", Code::failed_precondition,
                                  "the authority refuses: {reason}"};
inline constexpr ErrorDef not_understood{"protocol/acme", "not_understood", Code::unavailable,
                                         "the authority's answer is not understood: {reason}"};
inline constexpr ErrorDef not_finished{"protocol/acme", "not_finished", Code::deadline_exceeded,
                                       "the authority has not finished in time"};

/// A request: GET without a body, else POST of `application/jose+json`.
struct Ask {
  std::string url;
  std::string body;
};
/// Nothing to ask for a while; then resume().
struct Wait {
  Duration delay;
};
struct Done {
  std::string chain_pem;  ///< Leaf first.
  std::string key_pem;    ///< Never logged.
};
using Step = std::variant<Ask, Wait, Done>;

struct Answer {
  int status = 0;
  std::string body;
  std::string nonce;        ///< `Replay-Nonce`
  std::string location;     ///< `Location`
  std::string retry_after;  ///< `Retry-After`
};

struct OrderConfig {
  std::string directory_url;
  std::string email;               ///< Empty: no contact.
  std::vector<std::string> hosts;  ///< DNS names, at least one.
  /// How often something that is under way is looked at, in all.
  int polls_max = 60;
};

/// One attempt; after Done or an error it is over.
class Order {
 public:
  Order(OrderConfig config, AccountKey account);

  Step begin() const;
  /// Of the last Ask. Errors: refused, not_understood, not_finished, key_failed.
  Result<Step> take(const Answer& answer);
  /// After a Wait.
  Result<Step> resume();

  /// What `/.well-known/acme-challenge/<token>` has to answer from now on, by token.
  const std::map<std::string, std::string>& challenges() const noexcept { return challenges_; }

 private:
  /// What the answer is of that comes next.
  enum class Stage : std::uint8_t {
    directory,
    nonce,
    account,
    order,
    authorization,  // looked at, and again after its challenge
    challenge,
    finalization,
    ordered,  // the order looked at again
    certificate,
  };

  Result<Step> on_directory(const Answer& answer);
  Result<Step> ask_for_account();
  Result<Step> ask_for_order();
  Result<Step> on_order(const Answer& answer);
  Result<Step> on_authorization(const Answer& answer);
  Result<Step> on_finalized(const Answer& answer);
  Result<Step> next_authorization();
  Result<Step> wait(const Answer& answer, Stage stage, std::string url);
  /// A signed request; an empty payload asks for what the URL is. [RFC 8555
  /// §6.3]
  Result<Step> post(Stage stage, std::string url, std::string payload);

  OrderConfig config_;
  AccountKey account_;
  Stage stage_ = Stage::directory;
  std::string new_nonce_url_;
  std::string new_account_url_;
  std::string new_order_url_;
  std::string account_url_;  // the account's name in signatures
  std::string order_url_;
  std::string finalize_url_;
  std::vector<std::string> authorizations_;  // not yet valid
  std::map<std::string, std::string> challenges_;
  CertificateRequest request_;
  std::string nonce_;
  // Of the last request: asked again after badNonce or a wait.
  std::string url_;
  std::string payload_;
  int bad_nonces_ = 0;
  int polls_ = 0;
};

/// The token of `/.well-known/acme-challenge/<token>`; nothing for other paths.
std::optional<std::string_view> challenge_token(std::string_view path) noexcept;

}  // namespace ff::acme
