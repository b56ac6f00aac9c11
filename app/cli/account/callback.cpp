#include "app/cli/account/callback.hpp"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

#include "app/cli/account/oauth.hpp"
#include "app/cli/call/api.hpp"
#include "net/http/server.hpp"
#include "net/runtime/runtime.hpp"
#include "net/stream/network.hpp"
#include "net/stream/tcp.hpp"

namespace ff::cli {
namespace {

constexpr ErrorDef login_refused{"cli", "login_refused", Code::permission_denied,
                                 "the OAuth server says: {reason}"};

constexpr std::string_view page =
    "<!doctype html><title>Farfield</title><p>You are logged in. This page can be closed.";
constexpr std::string_view failed_page =
    "<!doctype html><title>Farfield</title><p>The login has failed. See the command line.";

/// The first outcome counts. Any thread.
class Outcome {
 public:
  void put(Result<std::string> result) {
    const std::scoped_lock lock(mutex_);
    if (!result_) result_ = std::move(result);
    changed_.notify_all();
  }
  Result<std::string> wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return result_.has_value(); });
    return *result_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Result<std::string>> result_;
};

void answer(const net::http::Request& request, net::http::ResponseWriter& writer,
            const std::string& state, Outcome& outcome) {
  if (request.method != "GET" || request.path() != "/oauth/callback")
    return writer.respond(404, "text/plain", "not found\n");
  const auto code = query_value(request.query(), "code");
  auto reason = query_value(request.query(), "error_description");
  if (reason.empty()) reason = query_value(request.query(), "error");
  // Another site may send a browser here, but does not know the state.
  if (query_value(request.query(), "state") != state || (code.empty() && reason.empty()))
    return writer.respond(400, "text/html; charset=utf-8", failed_page);
  writer.respond(200, "text/html; charset=utf-8", code.empty() ? failed_page : page);
  if (code.empty()) return outcome.put(fail(login_refused, {{"reason", reason}}));
  outcome.put(code);
}

}  // namespace

Result<std::string> wait_for_code(std::uint16_t port, const std::string& state, Cancel& cancel,
                                  const std::function<void()>& when_listening) {
  const auto outcome = std::make_shared<Outcome>();
  net::Runtime runtime;
  net::http::HttpServer server(
      {}, [outcome, state](const net::http::Request& request,
                           const std::shared_ptr<net::http::ResponseWriter>& writer) {
        answer(request, *writer, state, *outcome);
      });
  const auto network = net::make_tcp_network(runtime);
  std::vector<std::unique_ptr<net::Listener>> listeners;
  runtime.start();
  // `localhost` may be either; the second is not needed.
  for (const auto& endpoint :
       {net::Endpoint::v4({127, 0, 0, 1}, port),
        net::Endpoint::v6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, port)}) {
    auto listener = network->listen(endpoint, {}, server.acceptor());
    if (!listener && listeners.empty()) return fail(listener.error());
    if (listener) listeners.push_back(*std::move(listener));
  }
  when_listening();
  const auto number = cancel.on_cancel([outcome] { outcome->put(fail(canceled)); });
  auto result = outcome->wait();
  cancel.forget(number);
  runtime.stop();
  return result;
}

}  // namespace ff::cli
