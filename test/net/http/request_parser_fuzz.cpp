#include "net/http/request_parser.hpp"

#include <algorithm>
#include <string>

#include "protocol/base/assert.hpp"

namespace {

using ff::net::http::RequestParser;

/// All requests and the way it ended, as text.
std::string parse(ff::ByteView bytes, std::size_t piece) {
  RequestParser parser({512, 256});
  std::string log;
  while (!bytes.empty()) {
    auto part = bytes.first(std::min(piece, bytes.size()));
    auto progress = parser.feed(part);
    if (progress.outcome == RequestParser::Outcome::failed) {
      return log + "failed " + std::to_string(parser.failure_status());
    }
    FF_ASSERT(progress.consumed <= part.size());
    bytes = bytes.subspan(progress.consumed);
    if (progress.outcome != RequestParser::Outcome::complete) continue;
    FF_ASSERT(progress.consumed > 0);
    log += parser.keep_alive() ? "k " : "c ";
    auto request = parser.take();
    FF_ASSERT(request.body.size() <= 256);
    log +=
        request.method + " " + request.target + " " + std::string(ff::as_text(request.body)) + "\n";
  }
  return log;
}

}  // namespace

/// The same requests come out however the bytes are cut into pieces.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto whole = parse({data, size}, size);
  auto bytewise = parse({data, size}, 1);
  // Which limit is hit first may depend on the pieces; whether the bytes are requests may not.
  auto requests = [](const std::string& log) { return log.substr(0, log.find("failed")); };
  FF_ASSERT(requests(whole) == requests(bytewise));
  return 0;
}
