#include "app/cli/call/grpc_api.hpp"

#include <google/protobuf/message.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/security/credentials.h>

#include <array>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <fstream>
#include <iterator>
#include <map>

#include "app/cli/error/server_error.hpp"
#include "protocol/api_json/api_json.hpp"
#include "protocol/base/printable.hpp"

namespace ff::cli {
namespace {

using google::protobuf::Message;
using Stub = grpc::TemplatedGenericStub<Message, Message>;

constexpr int message_size_max = 64 << 20;
constexpr const char* system_authorities = "/etc/ssl/certs/ca-certificates.crt";
constexpr std::chrono::seconds reset_max{3600};
/// For one of several servers, before the next is tried.
constexpr int connect_patience_ms = 3000;

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// `/ttn.lorawan.v3.ApplicationRegistry/Get`.
std::string wire_name(std::string_view method) {
  const bool is_full = method.substr(0, method.find('/')).find('.') != std::string_view::npos;
  return (is_full ? "/" : "/ttn.lorawan.v3.") + std::string(method);
}

std::string metadata_value(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata,
                           const char* name) {
  const auto found = metadata.find(name);
  return found == metadata.end() ? std::string()
                                 : std::string(found->second.data(), found->second.size());
}

/// One call that is waited for.
class Waiting {
 public:
  void done(grpc::Status status) {
    const std::scoped_lock lock(mutex_);
    status_ = std::move(status);
    is_done_ = true;
    changed_.notify_all();
  }
  grpc::Status wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return is_done_; });
    return status_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  grpc::Status status_;
  bool is_done_ = false;
};

/// Cancels a call when the command is canceled.
class CancelWith {
 public:
  CancelWith(Cancel& cancel, grpc::ClientContext& context)
      : cancel_(cancel), number_(cancel.on_cancel([&context] { context.TryCancel(); })) {}
  ~CancelWith() { cancel_.forget(number_); }
  CancelWith(const CancelWith&) = delete;
  CancelWith& operator=(const CancelWith&) = delete;

 private:
  Cancel& cancel_;
  int number_;
};

class GrpcApi final : public Api {
 public:
  GrpcApi(const GrpcApiOptions& options, std::shared_ptr<grpc::ChannelCredentials> credentials)
      : config_(options.config),
        cancel_(options.cancel),
        authorization_(options.token.empty() ? "" : "Bearer " + options.token),
        credentials_(std::move(credentials)),
        random_(make_secure_random()),
        find_services_(options.find_services ? options.find_services : system_services()) {}

  Status call(std::string_view method, const Message& request, Message& answer,
              AnswerFacts* facts) override {
    FF_TRY(auto* stub, stub_of(method));
    dump(method, request);
    for (std::uint32_t attempt = 0;; ++attempt) {
      grpc::ClientContext context;
      const auto status = once(*stub, method, context, {request, answer});
      if (is_canceled()) return fail(canceled);
      if (status.ok()) {
        if (facts != nullptr) read(context, *facts);
        return {};
      }
      const bool again = status.error_code() == grpc::StatusCode::UNAVAILABLE ||
                         status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED;
      if (!again || attempt >= config_.retry.max) return fail(error_of(status));
      if (!wait(reset_of(context))) return fail(canceled);
    }
  }

  void start(std::string_view method, const Message& request, Message& answer, Then then) override {
    auto stub = stub_of(method);
    if (!stub) return then(fail(stub.error()));
    if (is_canceled()) return then(fail(canceled));
    auto context = std::make_shared<grpc::ClientContext>();
    prepare(*context);
    auto* raw = context.get();
    (*stub)->UnaryCall(raw, wire_name(method), grpc::StubOptions(), &request, &answer,
                       [context, then = std::move(then)](const grpc::Status& status) {
                         then(status.ok() ? Status() : fail(error_of(status)));
                       });
  }

  Status stream(const Stream& stream, Message& message,
                const std::function<bool()>& on_message) override;

  void begin_clean_up() override { cleans_up_ = true; }

 private:
  struct Messages {
    const Message& request;
    Message& answer;
  };

  bool is_canceled() const { return cancel_.is_canceled() && !cleans_up_; }

  void prepare(grpc::ClientContext& context) const {
    if (!authorization_.empty()) context.AddMetadata("authorization", authorization_);
  }

  grpc::Status once(Stub& stub, std::string_view method, grpc::ClientContext& context,
                    const Messages& messages) {
    prepare(context);
    std::optional<CancelWith> cancel_with;
    if (!cleans_up_) cancel_with.emplace(cancel_, context);
    Waiting waiting;
    stub.UnaryCall(&context, wire_name(method), grpc::StubOptions(), &messages.request,
                   &messages.answer, [&](grpc::Status status) { waiting.done(std::move(status)); });
    return waiting.wait();
  }

  static std::string reset_of(const grpc::ClientContext& context) {
    auto reset = metadata_value(context.GetServerTrailingMetadata(), "x-rate-limit-reset");
    return reset.empty() ? metadata_value(context.GetServerInitialMetadata(), "x-rate-limit-reset")
                         : reset;
  }

  static void read(const grpc::ClientContext& context, AnswerFacts& facts) {
    const auto text = metadata_value(context.GetServerInitialMetadata(), "x-total-count");
    std::uint64_t count = 0;
    const auto* end = text.data() + text.size();
    if (!text.empty() && std::from_chars(text.data(), end, count).ptr == end)
      facts.total_count = count;
  }

  /// False when the command was canceled meanwhile.
  bool wait(const std::string& reset) {
    std::mutex mutex;
    std::condition_variable woken;
    bool is_over = false;
    const auto number = cancel_.on_cancel([&] {
      const std::scoped_lock lock(mutex);
      is_over = true;
      woken.notify_all();
    });
    const auto time = [&] {
      const std::scoped_lock lock(mutex_);
      return retry_wait(config_.retry, reset, *random_);
    }();
    {
      std::unique_lock lock(mutex);
      woken.wait_for(lock, time, [&] { return is_over; });
    }
    cancel_.forget(number);
    return !is_canceled();
  }

  void dump(std::string_view method, const Message& request) const {
    if (!config_.dump_requests || config_.log_level != "debug") return;
    const auto json = api_json::to_json(request);
    std::fprintf(stderr, "debug: %s %s\n", wire_name(method).c_str(),
                 json ? json->c_str() : json.error().message().c_str());
  }

  Result<Stub*> stub_of(std::string_view method) { return stub_at(role_of(method)); }

  Result<Stub*> stub_at(Role role) {
    if (!config_.is_enabled(role)) return fail(component_disabled, {{"component", name_of(role)}});
    const std::scoped_lock lock(mutex_);
    auto& known = places_[static_cast<std::size_t>(role)];
    if (known == nullptr) {
      FF_TRY(const auto addresses, addresses_of(config_, role, find_services_));
      known = stub_of_first(addresses);
    }
    return known;
  }

  /// Of the first address that answers; of the last, if none does.
  Stub* stub_of_first(const std::vector<std::string>& addresses) {
    for (const auto& address : addresses) {
      auto& stub = stubs_[address];
      if (stub) return stub.get();
      grpc::ChannelArguments arguments;
      arguments.SetMaxReceiveMessageSize(message_size_max);
      arguments.SetUserAgentPrefix("farfield-cli");
      const auto channel = grpc::CreateCustomChannel(address, credentials_, arguments);
      const bool is_last = &address == &addresses.back();
      if (!is_last && !channel->WaitForConnected(
                          gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                                       gpr_time_from_millis(connect_patience_ms, GPR_TIMESPAN))))
        continue;
      stub = std::make_unique<Stub>(channel);
      return stub.get();
    }
    return nullptr;
  }

  const Config& config_;
  Cancel& cancel_;
  std::atomic<bool> cleans_up_ = false;
  std::string authorization_;
  std::shared_ptr<grpc::ChannelCredentials> credentials_;
  std::mutex mutex_;
  std::unique_ptr<Random> random_;
  FindServices find_services_;
  std::map<std::string, std::unique_ptr<Stub>> stubs_;  // by address
  std::array<Stub*, role_count> places_{};              // null: not looked for yet
};

/// Tags of a stream's completion queue.
enum class Step : std::uintptr_t { called = 1, written, read, finished };

void* tag(Step step) {
  return reinterpret_cast<void*>(static_cast<std::uintptr_t>(step));
}

/// Whether the step was done; there is one at a time.
bool next(grpc::CompletionQueue& queue) {
  void* which = nullptr;
  bool ok = false;
  return queue.Next(&which, &ok) && ok;
}

Status GrpcApi::stream(const Stream& stream, Message& message,
                       const std::function<bool()>& on_message) {
  FF_TRY(auto* stub, stub_at(stream.role.value_or(role_of(stream.method))));
  dump(stream.method, stream.request);
  grpc::ClientContext context;
  prepare(context);
  const CancelWith cancel_with(cancel_, context);
  grpc::CompletionQueue queue;
  auto call = stub->PrepareCall(&context, wire_name(stream.method), &queue);
  call->StartCall(tag(Step::called));
  bool goes_on = next(queue);
  if (goes_on) {
    call->WriteLast(stream.request, grpc::WriteOptions(), tag(Step::written));
    goes_on = next(queue);
  }
  bool was_ended_here = false;
  while (goes_on) {
    message.Clear();
    call->Read(&message, tag(Step::read));
    goes_on = next(queue);
    if (!goes_on || on_message()) continue;
    was_ended_here = true;
    context.TryCancel();
    goes_on = false;
  }
  grpc::Status status;
  call->Finish(&status, tag(Step::finished));
  next(queue);
  queue.Shutdown();
  if (was_ended_here || status.ok()) return {};
  return cancel_.is_canceled() ? fail(canceled) : fail(error_of(status));
}

}  // namespace

Duration retry_wait(const Retry& retry, std::string_view reset, Random& random) {
  Duration wait = retry.default_timeout;
  if (retry.enable_metadata && !reset.empty()) {
    std::int64_t seconds = 0;
    const auto* end = reset.data() + reset.size();
    if (std::from_chars(reset.data(), end, seconds).ptr == end && seconds >= 0)
      wait = std::min<Duration>(std::chrono::seconds(seconds), reset_max);
  }
  constexpr std::uint64_t parts = 2001;
  const auto part = static_cast<double>(random.below(parts)) / 1000 - 1;  // -1 to 1
  return wait + std::chrono::duration_cast<Duration>(wait * (retry.jitter * part));
}

Result<std::unique_ptr<Api>> make_grpc_api(const GrpcApiOptions& options) {
  // gRPC would end the process.
  if (!is_printable(options.token)) return fail(malformed_token);
  if (options.config.insecure)
    return std::make_unique<GrpcApi>(options, grpc::InsecureChannelCredentials());
  grpc::SslCredentialsOptions tls;
  tls.pem_root_certs = read_file(system_authorities);
  if (!options.config.ca.empty()) {
    const auto more = read_file(options.config.ca);
    if (more.empty()) return fail(unreadable_ca, {{"path", options.config.ca}});
    tls.pem_root_certs += "\n" + more;
  }
  return std::make_unique<GrpcApi>(options, grpc::SslCredentials(tls));
}

}  // namespace ff::cli
