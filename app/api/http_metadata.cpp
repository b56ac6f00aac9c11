#include "app/api/http_metadata.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "app/api/reply.hpp"
#include "protocol/base/printable.hpp"

namespace ff::api {
namespace {

constexpr std::string_view metadata_prefix = "grpc-metadata-";

// Passed on under their own name.
constexpr std::array passed = std::to_array<std::string_view>(
    {"authorization", "forwarded", "host", "x-request-id", "x-forwarded-for", "x-forwarded-host",
     "x-forwarded-proto", "x-forwarded-client-cert", "x-forwarded-tls-client-cert",
     "x-forwarded-tls-client-cert-info", "x-real-ip"});

// Permanent headers of HTTP, passed on with a prefix. Cookies stay out: the HTTP server turns them
// into credentials.
constexpr std::array permanent = std::to_array<std::string_view>({"accept",
                                                                  "accept-charset",
                                                                  "accept-language",
                                                                  "accept-ranges",
                                                                  "cache-control",
                                                                  "content-type",
                                                                  "date",
                                                                  "expect",
                                                                  "from",
                                                                  "if-match",
                                                                  "if-modified-since",
                                                                  "if-none-match",
                                                                  "if-schedule-tag-match",
                                                                  "if-unmodified-since",
                                                                  "max-forwards",
                                                                  "origin",
                                                                  "pragma",
                                                                  "referer",
                                                                  "user-agent",
                                                                  "via",
                                                                  "warning"});

struct Renamed {
  std::string_view key;
  std::string_view header;
};
constexpr Renamed answered[] = {
    {"x-total-count", "X-Total-Count"},
    {"x-request-id", "X-Request-Id"},
    {"x-rate-limit-limit", "X-Rate-Limit-Limit"},
    {"x-rate-limit-available", "X-Rate-Limit-Available"},
    {"x-rate-limit-reset", "X-Rate-Limit-Reset"},
    {"x-rate-limit-retry", "X-Rate-Limit-Retry"},
    {"warning", "X-Warning"},
    {"x-continuation-token", "X-Continuation-Token"},
};

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return out;
}

/// gRPC ends the process on a key or value that it can not carry, so nothing else may pass here.
bool is_legal_key(std::string_view key) {
  bool transport =
      key == "te" || key == "content-type" || key == "user-agent" || key == "connection";
  if (key.empty() || transport || key.ends_with("-bin") || key.starts_with("grpc-")) return false;
  return std::ranges::all_of(key, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

std::optional<std::string> key_of(const std::string& name) {
  if (name.starts_with(metadata_prefix)) return name.substr(metadata_prefix.size());
  if (std::ranges::find(passed, name) != passed.end()) return name;
  if (std::ranges::find(permanent, name) != permanent.end()) return "grpcgateway-" + name;
  return std::nullopt;
}

std::optional<std::string> header_of(std::string_view key) {
  for (const auto& [known, header] : answered) {
    if (known == key) return std::string(header);
  }
  bool own = key.starts_with("grpc-") || key.starts_with(':') || key.ends_with("-bin") ||
             key == stream_is_open || key == "content-type" || key == "user-agent" || key == "te";
  return own ? std::nullopt : std::optional<std::string>(key);
}

std::string_view view(grpc::string_ref text) {
  return {text.data(), text.size()};
}

}  // namespace

std::string_view find_header(const HttpHeaders& headers, std::string_view name) noexcept {
  auto equal = [&](std::string_view other) {
    return std::ranges::equal(other, name, [](char a, char b) {
      auto fold = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
      return fold(a) == fold(b);
    });
  };
  for (const auto& [key, value] : headers) {
    if (equal(key)) return value;
  }
  return {};
}

void add_metadata(const HttpRequest& request, grpc::ClientContext& context) {
  for (const auto& [name, value] : request.headers) {
    auto key = key_of(lower(name));
    if (key && is_legal_key(*key) && is_printable(value)) context.AddMetadata(*key, value);
  }
  if (is_printable(request.target)) context.AddMetadata("uri", request.target);
}

bool is_open(const grpc::ClientContext& context) {
  const grpc::string_ref key(stream_is_open.data(), stream_is_open.size());
  return context.GetServerInitialMetadata().contains(key);
}

void add_headers(const grpc::ClientContext& context, bool trailing, HttpHeaders& headers) {
  auto add = [&](const std::multimap<grpc::string_ref, grpc::string_ref>& metadata) {
    for (const auto& [key, value] : metadata) {
      if (auto header = header_of(view(key)))
        headers.emplace_back(std::move(*header), std::string(view(value)));
    }
  };
  add(context.GetServerInitialMetadata());
  if (trailing) add(context.GetServerTrailingMetadata());
}

}  // namespace ff::api
