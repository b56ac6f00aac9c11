#include "actors/identity_server/api_keys/token.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <vector>

#include "actors/identity_server/api_keys/errors.hpp"
#include "protocol/base/base64.hpp"
#include "protocol/crypto/argon2.hpp"
#include "protocol/crypto/digest.hpp"

namespace ff::identity_server {
namespace {

/// Indexed by TokenKind: key, acc, ref, aut, ssn.
constexpr std::array<std::string_view, 5> prefixes{"NNSXS", "MFRWG", "OJSWM", "MF2XI", "ONZW4"};

constexpr std::size_t id_bytes = 24;
constexpr std::size_t secret_bytes = 32;
constexpr std::size_t salt_characters = 16;
/// Far above what anyone configures: a damaged hash must not hold the thread.
constexpr std::uint32_t iterations_max = 1'000'000;
constexpr crypto::Argon2Cost password_cost{.memory_kib = 19'456, .passes = 2, .lanes = 1};
constexpr crypto::Argon2Cost cost_max{.memory_kib = 262'144, .passes = 10, .lanes = 8};

std::string random_base32(std::size_t bytes, Random& random) {
  Bytes raw(bytes);
  random.fill(raw);
  return base32(raw);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::string base64url(ByteView bytes) {
  auto text = base64_encode(bytes);
  text.resize(text.find_last_not_of('=') + 1);
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

/// From 1 to `max`.
std::optional<std::uint32_t> parse_count(std::string_view text, std::uint32_t max) {
  std::uint32_t value = 0;
  const auto* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || at != end || value == 0 || value > max) return std::nullopt;
  return value;
}

std::string cost_text(const crypto::Argon2Cost& cost) {
  return "m=" + std::to_string(cost.memory_kib) + ",t=" + std::to_string(cost.passes) +
         ",p=" + std::to_string(cost.lanes);
}

std::optional<crypto::Argon2Cost> parse_cost(std::string_view text) {
  const auto parts = split(text, ',');
  if (parts.size() != 3 || !parts[0].starts_with("m=") || !parts[1].starts_with("t=") ||
      !parts[2].starts_with("p="))
    return std::nullopt;
  const auto memory = parse_count(parts[0].substr(2), cost_max.memory_kib);
  const auto passes = parse_count(parts[1].substr(2), cost_max.passes);
  const auto lanes = parse_count(parts[2].substr(2), cost_max.lanes);
  if (!memory || !passes || !lanes) return std::nullopt;
  return crypto::Argon2Cost{*memory, *passes, *lanes};
}

}  // namespace

std::string base32(ByteView bytes) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string out;
  std::uint32_t buffer = 0;
  int bits = 0;
  for (const auto byte : bytes) {
    buffer = (buffer << 8U | byte) & 0xffffU;
    for (bits += 8; bits >= 5; bits -= 5) out.push_back(alphabet[buffer >> (bits - 5) & 31U]);
  }
  if (bits > 0) out.push_back(alphabet[buffer << (5 - bits) & 31U]);
  return out;
}

Token make_token(TokenKind kind, Random& random) {
  auto id = random_base32(id_bytes, random);
  return {kind, std::move(id), random_base32(secret_bytes, random)};
}

std::string to_string(const Token& token) {
  return std::string(prefixes[static_cast<std::size_t>(token.kind)]) + "." + token.id + "." +
         token.secret;
}

Result<Token> parse_token(std::string_view text) {
  const auto parts = split(text.substr(0, 256), '.');
  if (parts.size() != 3) return fail(invalid_token);
  const auto found = std::find(prefixes.begin(), prefixes.end(), parts[0]);
  if (found == prefixes.end()) return fail(invalid_token);
  return Token{static_cast<TokenKind>(found - prefixes.begin()), std::string(parts[1]),
               std::string(parts[2])};
}

std::string hash_secret(std::string_view secret, std::uint32_t iterations, Random& random) {
  const auto salt = random_base32(salt_characters, random).substr(0, salt_characters);
  const auto digest = crypto::pbkdf2_sha256(as_bytes(secret), as_bytes(salt), iterations);
  return "PBKDF2$sha256$" + std::to_string(iterations) + "$" + salt + "$" + base64url(digest);
}

std::string hash_password(std::string_view password, Random& random) {
  const auto salt = random_base32(salt_characters, random).substr(0, salt_characters);
  const auto digest = crypto::argon2id(as_bytes(password), as_bytes(salt), password_cost);
  // Without the memory: as before there was Argon2id.
  if (!digest) return hash_secret(password, password_iterations, random);
  return "Argon2id$v19$" + cost_text(password_cost) + "$" + salt + "$" + base64url(*digest);
}

bool is_hash_of(std::string_view hash, std::string_view secret) {
  const auto parts = split(hash, '$');
  if (parts.size() != 5 || parts[3].empty()) return false;
  const auto expected = base64_decode(parts[4]);
  if (!expected) return false;
  std::optional<crypto::Sha256Digest> digest;
  if (parts[0] == "PBKDF2" && parts[1] == "sha256") {
    if (const auto iterations = parse_count(parts[2], iterations_max))
      digest = crypto::pbkdf2_sha256(as_bytes(secret), as_bytes(parts[3]), *iterations);
  } else if (parts[0] == "Argon2id" && parts[1] == "v19") {
    if (const auto cost = parse_cost(parts[2]))
      digest = crypto::argon2id(as_bytes(secret), as_bytes(parts[3]), *cost);
  }
  return digest && crypto::equal_in_constant_time(*digest, *expected);
}

}  // namespace ff::identity_server
