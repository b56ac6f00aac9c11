#include "net/http/handler.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ff::net::http {

namespace {

struct Phrase {
  int status;
  std::string_view text;
};

/// [RFC 9110 §15], sorted.
constexpr std::array phrases{
    Phrase{100, "Continue"},
    Phrase{101, "Switching Protocols"},
    Phrase{200, "OK"},
    Phrase{201, "Created"},
    Phrase{202, "Accepted"},
    Phrase{204, "No Content"},
    Phrase{206, "Partial Content"},
    Phrase{301, "Moved Permanently"},
    Phrase{302, "Found"},
    Phrase{303, "See Other"},
    Phrase{304, "Not Modified"},
    Phrase{307, "Temporary Redirect"},
    Phrase{308, "Permanent Redirect"},
    Phrase{400, "Bad Request"},
    Phrase{401, "Unauthorized"},
    Phrase{403, "Forbidden"},
    Phrase{404, "Not Found"},
    Phrase{405, "Method Not Allowed"},
    Phrase{406, "Not Acceptable"},
    Phrase{408, "Request Timeout"},
    Phrase{409, "Conflict"},
    Phrase{410, "Gone"},
    Phrase{412, "Precondition Failed"},
    Phrase{413, "Content Too Large"},
    Phrase{415, "Unsupported Media Type"},
    Phrase{416, "Range Not Satisfiable"},
    Phrase{422, "Unprocessable Content"},
    Phrase{426, "Upgrade Required"},
    Phrase{429, "Too Many Requests"},
    Phrase{431, "Request Header Fields Too Large"},
    Phrase{499, "Client Closed Request"},
    Phrase{500, "Internal Server Error"},
    Phrase{501, "Not Implemented"},
    Phrase{502, "Bad Gateway"},
    Phrase{503, "Service Unavailable"},
    Phrase{504, "Gateway Timeout"},
    Phrase{505, "HTTP Version Not Supported"},
};
static_assert(std::ranges::is_sorted(phrases, {}, &Phrase::status));

}  // namespace

std::string_view reason_phrase(int status) noexcept {
  auto found = std::ranges::lower_bound(phrases, status, {}, &Phrase::status);
  return found != phrases.end() && found->status == status ? found->text : "Unknown";
}

void ResponseWriter::respond(int status, Headers headers, ByteView whole_body) {
  headers.set("Content-Length", std::to_string(whole_body.size()));
  head(status, std::move(headers));
  body(whole_body);
  end();
}

void ResponseWriter::respond(int status, std::string_view content_type,
                             std::string_view whole_body) {
  respond(status, Headers{{"Content-Type", std::string(content_type)}}, as_bytes(whole_body));
}

}  // namespace ff::net::http
