// The text of credentials: `<kind>.<id>.<secret>`, each part unpadded base32, and the hash that is
// kept of the secret.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "protocol/base/random.hpp"
#include "protocol/base/result.hpp"

namespace ff::identity_server {

/// ON-WIRE: the kind is three letters in base32. [spec identity-server §4]
enum class TokenKind : std::uint8_t {
  api_key,
  access_token,
  refresh_token,
  authorization_code,
  session
};

struct Token {
  TokenKind kind = TokenKind::api_key;
  std::string id;      // 39 characters
  std::string secret;  // 52 characters
};

/// `random` must be fit for keys.
Token make_token(TokenKind kind, Random& random);
std::string to_string(const Token& token);
/// Any text that has three parts and a known kind. Error: invalid_token.
Result<Token> parse_token(std::string_view text);

inline constexpr std::uint32_t token_iterations = 1000;
inline constexpr std::uint32_t password_iterations = 20'000;

/// Of what machines made. ON-DISK: `PBKDF2$sha256$<iterations>$<salt>$<base64url of 32 bytes>`, the
/// salt 16 characters.
std::string hash_secret(std::string_view secret, std::uint32_t iterations, Random& random);
/// Of what people chose: 19 MiB and some 30 ms. ON-DISK:
/// `Argon2id$v19$m=<KiB>,t=<passes>,p=<lanes>$ <salt>$<base64url of 32 bytes>`. Those of older
/// versions are PBKDF2. [OWASP password storage]
std::string hash_password(std::string_view password, Random& random);
/// Whether `hash` was made of `secret`, whatever its kind and cost; in constant time. False for a
/// text that is no hash.
bool is_hash_of(std::string_view hash, std::string_view secret);

/// RFC 4648, upper case, without padding.
std::string base32(ByteView bytes);

}  // namespace ff::identity_server
