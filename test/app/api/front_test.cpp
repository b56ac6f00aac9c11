// Handlers behind the common path, called over a socket and through the HTTP gateway.
#include "app/api/front.hpp"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <thread>

#include "app/api/http_gateway.hpp"
#include "app/api/server.hpp"
#include "test/app/api/recording_sink.hpp"
#include "ttn/lorawan/v3/events.grpc.pb.h"
#include "ttn/lorawan/v3/gateway_services.grpc.pb.h"
#include "ttn/lorawan/v3/gatewayserver.grpc.pb.h"

namespace ff::api {
namespace {

using namespace ttn::lorawan::v3;  // The services of the test speak in the API's names.

constexpr ErrorDef token_unknown{"pkg/auth/rights", "token_unknown", Code::unauthenticated,
                                 "unknown token"};

class TestAuthenticator final : public Authenticator {
 public:
  void authenticate(const CallMetadata& metadata, Continuation answer) override {
    auto found = metadata.find("authorization");
    if (found != metadata.end() && found->second == "Bearer warned") return hold(std::move(answer));
    if (found == metadata.end() || found->second != "Bearer good")
      return answer(fail(token_unknown));
    answer(AuthInfo{.kind = AuthInfo::Kind::api_key, .token_id = "KEY", .account_id = "user:me"});
  }

  /// Answers the next call of `Bearer warned`, when it is there.
  void answer_warned() {
    Continuation answer;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return !held_.empty(); });
      answer = std::move(held_.front());
      held_.pop_front();
    }
    answer(AuthInfo{.kind = AuthInfo::Kind::api_key,
                    .token_id = "KEY",
                    .account_id = "user:me",
                    .warning = "Your account was suspended."});
  }
  void wait_for_warned() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !held_.empty(); });
  }

 private:
  void hold(Continuation answer) {
    const std::scoped_lock lock(mutex_);
    held_.push_back(std::move(answer));
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Continuation> held_;
};

class Gateways final : public GatewayRegistry::CallbackService {
 public:
  explicit Gateways(Front& front) : front_(front) {}

  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                const GetGatewayRequest* request, Gateway* response) override {
    return front_.unary({"ttn.lorawan.v3.GatewayRegistry/Get"}, context, request, response,
                        [](std::shared_ptr<const Call> call, const GetGatewayRequest& get,
                           const Reply<Gateway>& reply) {
                          const auto& id = get.gateway_ids().gateway_id();
                          if (id == "forgotten") return;
                          if (id == "thrown") throw std::runtime_error("secret");
                          Gateway gateway;
                          *gateway.mutable_ids() = get.gateway_ids();
                          gateway.set_name(call->auth.account_id);
                          gateway.set_description(call->correlation_ids.at(0));
                          (*gateway.mutable_attributes())["address"] = call->remote_address;
                          reply(gateway);
                          reply(fail(no_answer));  // Too late.
                        });
  }

 private:
  Front& front_;
};

class EventStreams final : public Events::CallbackService {
 public:
  explicit EventStreams(Front& front) : front_(front) {}

  grpc::ServerWriteReactor<Event>* Stream(grpc::CallbackServerContext* context,
                                          const StreamEventsRequest* request) override {
    return front_.stream<Event>(
        {"ttn.lorawan.v3.Events/Stream", access}, context, request,
        [](std::shared_ptr<const Call>, const StreamEventsRequest& wanted,
           const std::shared_ptr<ff::api::Stream<Event>>& stream) {
          for (unsigned i = 0; i < wanted.tail(); ++i) {
            Event event;
            event.set_name("e" + std::to_string(i));
            if (!stream->write(std::move(event))) return;
          }
          stream->finish(wanted.names_size() > 0 ? Status(fail(token_unknown)) : Status());
        });
  }

  Access access = Access::open;

 private:
  Front& front_;
};

/// A call in both directions; it answers each message, and ends with them.
class Links final : public GtwGs::CallbackService {
 public:
  explicit Links(Front& front) : front_(front) {}

  grpc::ServerBidiReactor<GatewayUp, GatewayDown>* LinkGateway(
      grpc::CallbackServerContext* context) override {
    return front_.duplex<GatewayUp, GatewayDown>(
        {"ttn.lorawan.v3.GtwGs/LinkGateway"}, context,
        [](std::shared_ptr<const Call>,
           const std::shared_ptr<Duplex<GatewayUp, GatewayDown>>& link) { answer_next(link); });
  }

 private:
  static void answer_next(const std::shared_ptr<Duplex<GatewayUp, GatewayDown>>& link) {
    link->read([link](const GatewayUp* up) {
      if (up == nullptr) return link->finish({});
      link->write({});
      answer_next(link);
    });
  }

  Front& front_;
};

std::string short_name(std::string_view method) {
  return std::string(method.substr(method.rfind('.') + 1));
}

/// `<method> <code>`, `-1` for a beginning.
struct CallLog {
  void note(std::string_view method, int code) {
    const std::scoped_lock lock(mutex);
    lines.push_back(short_name(method) + " " + std::to_string(code));
  }
  std::vector<std::string> take() {
    const std::scoped_lock lock(mutex);
    return std::exchange(lines, {});
  }

  std::mutex mutex;
  std::vector<std::string> lines;
};

/// How many messages of each method came and left.
struct MessageCounts {
  void note(std::string_view method, int received, int sent) {
    const std::scoped_lock lock(mutex);
    auto& count = counts[short_name(method)];
    count.first += received;
    count.second += sent;
  }
  std::pair<int, int> of(const std::string& method) {
    const std::scoped_lock lock(mutex);
    return counts[method];
  }

  std::mutex mutex;
  std::map<std::string, std::pair<int, int>> counts;
};

class FrontTest : public testing::Test {
 protected:
  explicit FrontTest(std::vector<net::RateProfile> profiles = {})
      : front_({.now = [] { return UtcTime(); },
                .new_request_id = [] { return std::string("ULID"); },
                .new_error_id = [] { return std::string(32, 'e'); },
                .authenticator = authenticator_,
                .rate_limiter = *net::RateLimiter::make(std::move(profiles), 64,
                                                        {.now = [] { return MonoTime(); }}),
                .trusted_proxies = {*net::AddressBlock::parse("127.0.0.0/8")},
                .is_unlimited =
                    [](const Call& call) { return call.find("authorization") == "ClusterKey 00"; },
                .on_error = {},
                .on_started = [this](std::string_view method) { log_.note(method, -1); },
                .on_handled = [this](std::string_view method,
                                     grpc::StatusCode code) { log_.note(method, code); },
                .on_received = [this](std::string_view method) { messages_.note(method, 1, 0); },
                .on_sent = [this](std::string_view method) { messages_.note(method, 0, 1); }}) {
    auto started = ApiServer::start({{"127.0.0.1:0", {}}}, {&gateways_, &events_, &links_},
                                    [this] { log_.note("test.unknown", 12); });
    EXPECT_TRUE(started);
    server_ = *std::move(started);
    channel_ = grpc::CreateChannel("127.0.0.1:" + std::to_string(server_->ports().at(0)),
                                   grpc::InsecureChannelCredentials());
  }

  grpc::Status get(const std::string& id, grpc::ClientContext& context, Gateway& gateway) {
    GetGatewayRequest request;
    request.mutable_gateway_ids()->set_gateway_id(id);
    return GatewayRegistry::NewStub(channel_)->Get(&context, request, &gateway);
  }
  grpc::Status get(const std::string& id, const std::string& token) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", token);
    Gateway gateway;
    return get(id, context, gateway);
  }

  static std::string metadata(const grpc::ClientContext& context, const std::string& key) {
    const auto& all = context.GetServerInitialMetadata();
    const auto found = all.find(key);
    return found == all.end() ? std::string()
                              : std::string(found->second.data(), found->second.size());
  }

  std::shared_ptr<TestAuthenticator> authenticator_ = std::make_shared<TestAuthenticator>();
  CallLog log_;
  MessageCounts messages_;
  Front front_;
  Gateways gateways_{front_};
  EventStreams events_{front_};
  Links links_{front_};
  std::unique_ptr<ApiServer> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_F(FrontTest, AHandlerKnowsItsCallerAndTheRequestId) {
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer good");
  context.AddMetadata("x-request-id", "mine");
  Gateway gateway;
  auto status = get("gtw", context, gateway);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(gateway.name(), "user:me");
  EXPECT_EQ(gateway.description(), "rpc:/ttn.lorawan.v3.GatewayRegistry/Get:mine");
  EXPECT_EQ(context.GetServerInitialMetadata().find("x-request-id")->second, "mine");
}

/// Longer ones are refused where messages with them come back. [spec api-conventions §2.2]
TEST_F(FrontTest, ACorrelationIdIsNoLongerThanTheyMayBe) {
  for (const std::size_t length : {61U, 62U, 64U}) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer good");
    const std::string id(length, 'x');
    context.AddMetadata("x-request-id", id);
    Gateway gateway;
    ASSERT_TRUE(get("gtw", context, gateway).ok());
    const std::string_view prefix = "rpc:/ttn.lorawan.v3.GatewayRegistry/Get:";
    const bool fits = prefix.size() + length <= 100;
    EXPECT_EQ(gateway.description(), std::string(prefix) + (fits ? id : "ULID")) << length;
    EXPECT_EQ(context.GetServerInitialMetadata().find("x-request-id")->second, id);
  }
}

TEST_F(FrontTest, ARequestIdIsMadeWhenThereIsNone) {
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer good");
  Gateway gateway;
  ASSERT_TRUE(get("gtw", context, gateway).ok());
  EXPECT_EQ(context.GetServerInitialMetadata().find("x-request-id")->second, "ULID");
}

TEST_F(FrontTest, ValidationComesBeforeAuthentication) {
  EXPECT_EQ(get("X", "Bearer bad").error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  auto status = get("gtw", "Bearer bad");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(status.error_message(), "error:pkg/auth/rights:token_unknown (unknown token)");
}

TEST_F(FrontTest, AnExceptionOrAForgottenReplyIsAnInternalError) {
  for (const char* id : {"forgotten", "thrown"}) {
    auto status = get(id, "Bearer good");
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL) << id;
    EXPECT_EQ(status.error_message(), "error:pkg/rpcserver:rpc_recovered (internal error)") << id;
  }
}

TEST_F(FrontTest, AStreamDeliversInOrderAndThenItsEnd) {
  grpc::ClientContext context;
  StreamEventsRequest request;
  request.set_tail(50);
  request.add_names("fail");
  auto reader = Events::NewStub(channel_)->Stream(&context, request);
  Event event;
  int count = 0;
  while (reader->Read(&event)) EXPECT_EQ(event.name(), "e" + std::to_string(count++));
  EXPECT_EQ(count, 50);
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(FrontTest, AWarningComesWithTheAnswerOfEveryKindOfCall) {
  events_.access = Access::authenticated;
  const std::string warning = "Your account was suspended.";
  const auto answer = [this] { return std::thread([this] { authenticator_->answer_warned(); }); };
  grpc::ClientContext unary;
  unary.AddMetadata("authorization", "Bearer warned");
  auto answering = answer();
  Gateway gateway;
  EXPECT_TRUE(get("gtw", unary, gateway).ok());
  answering.join();
  EXPECT_EQ(metadata(unary, "warning"), warning);

  grpc::ClientContext streaming;
  streaming.AddMetadata("authorization", "Bearer warned");
  auto reader = Events::NewStub(channel_)->Stream(&streaming, {});
  authenticator_->answer_warned();
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(metadata(streaming, "warning"), warning);

  grpc::ClientContext linking;
  linking.AddMetadata("authorization", "Bearer warned");
  auto link = GtwGs::NewStub(channel_)->LinkGateway(&linking);
  authenticator_->answer_warned();
  link->WritesDone();
  GatewayDown down;
  EXPECT_FALSE(link->Read(&down));
  EXPECT_TRUE(link->Finish().ok());
  EXPECT_EQ(metadata(linking, "warning"), warning);
}

// The context of a call ends with the call, whoever is still being asked about its caller.
TEST_F(FrontTest, AClientMayLeaveBeforeItsCallerIsKnown) {
  events_.access = Access::authenticated;
  for (int i = 0; i < 100; ++i) {
    grpc::ClientContext streaming;
    streaming.AddMetadata("authorization", "Bearer warned");
    auto reader = Events::NewStub(channel_)->Stream(&streaming, {});
    grpc::ClientContext linking;
    linking.AddMetadata("authorization", "Bearer warned");
    auto link = GtwGs::NewStub(channel_)->LinkGateway(&linking);
    authenticator_->wait_for_warned();
    streaming.TryCancel();
    linking.TryCancel();
    if (i % 2 == 0) {
      EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::CANCELLED);
      EXPECT_EQ(link->Finish().error_code(), grpc::StatusCode::CANCELLED);
    }
    authenticator_->answer_warned();
    authenticator_->answer_warned();
    if (i % 2 == 1) {
      reader->Finish();  // Whichever came first.
      link->Finish();
    }
  }
  EXPECT_TRUE(get("gtw", "Bearer good").ok());
}

using Lines = std::vector<std::string>;

TEST_F(FrontTest, EveryCallIsCountedWhenItBeginsAndWhenItEnds) {
  EXPECT_TRUE(get("gtw", "Bearer good").ok());
  EXPECT_EQ(log_.take(), (Lines{"GatewayRegistry/Get -1", "GatewayRegistry/Get 0"}));
  EXPECT_FALSE(get("X", "Bearer good").ok());
  EXPECT_EQ(log_.take(), (Lines{"GatewayRegistry/Get -1", "GatewayRegistry/Get 3"}));
  grpc::ClientContext streaming;
  StreamEventsRequest request;
  request.add_names("fail");
  EXPECT_FALSE(Events::NewStub(channel_)->Stream(&streaming, request)->Finish().ok());
  EXPECT_EQ(log_.take(), (Lines{"Events/Stream -1", "Events/Stream 16"}));
  grpc::ClientContext linking;
  EXPECT_FALSE(GtwGs::NewStub(channel_)->LinkGateway(&linking)->Finish().ok());
  EXPECT_EQ(log_.take(), (Lines{"GtwGs/LinkGateway -1", "GtwGs/LinkGateway 16"}));
}

TEST_F(FrontTest, EveryMessageIsCountedBothWays) {
  EXPECT_TRUE(get("gtw", "Bearer good").ok());
  EXPECT_FALSE(get("X", "Bearer good").ok());
  EXPECT_EQ(messages_.of("GatewayRegistry/Get"), std::pair(2, 1)) << "an error is no message";
  grpc::ClientContext streaming;
  StreamEventsRequest request;
  request.set_tail(5);
  auto reader = Events::NewStub(channel_)->Stream(&streaming, request);
  Event event;
  while (reader->Read(&event)) {
  }
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_EQ(messages_.of("Events/Stream"), std::pair(1, 5));
  grpc::ClientContext linking;
  linking.AddMetadata("authorization", "Bearer good");
  auto link = GtwGs::NewStub(channel_)->LinkGateway(&linking);
  GatewayDown down;
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(link->Write({}));
    EXPECT_TRUE(link->Read(&down));
  }
  link->WritesDone();
  EXPECT_FALSE(link->Read(&down));
  EXPECT_TRUE(link->Finish().ok());
  EXPECT_EQ(messages_.of("GtwGs/LinkGateway"), std::pair(3, 3));
}

TEST_F(FrontTest, ACallOfNoMethodIsTold) {
  grpc::ClientContext context;
  Gateway gateway;
  const auto status = GatewayRegistry::NewStub(channel_)->Create(&context, {}, &gateway);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED) << "of a service that there is";
  EXPECT_EQ(log_.take(), Lines{}) << "a method of it that nobody has overridden";
  grpc::ClientContext other;
  Rights rights;
  EXPECT_EQ(GatewayAccess::NewStub(channel_)->ListRights(&other, {}, &rights).error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_EQ(log_.take(), Lines{"unknown 12"});
}

TEST_F(FrontTest, AProxySaysWhoseCallItIs) {
  const auto address = [this](const std::string& forwarded, const std::string& real) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer good");
    if (!forwarded.empty()) context.AddMetadata("x-forwarded-for", forwarded);
    if (!real.empty()) context.AddMetadata("x-real-ip", real);
    Gateway gateway;
    EXPECT_TRUE(get("gtw", context, gateway).ok());
    return gateway.attributes().at("address");
  };
  EXPECT_EQ(address("", ""), "127.0.0.1");
  EXPECT_EQ(address("203.0.113.9, 198.51.100.1", ""), "198.51.100.1");
  EXPECT_EQ(address("", "198.51.100.1"), "198.51.100.1");
  EXPECT_EQ(address("203.0.113.9", "198.51.100.1"), "127.0.0.1") << "one of them is invented";
}

TEST_F(FrontTest, ARequestThatIsNoneIsToldByTheHttpGateway) {
  HttpGateway gateway(
      server_->in_process_channel(), [] { return std::string(32, 'e'); },
      [this](std::string_view method, grpc::StatusCode code) { log_.note(method, code); });
  const std::string large = R"({"name":")" + std::string(request_body_max, 'x') + "\"}";
  for (const auto& body : {std::string("{"), large}) {
    auto sink = std::make_shared<test::RecordingSink>();
    gateway.serve({"PUT", "/api/v3/gateways/gtw", {{"Authorization", "Bearer good"}}, body}, sink);
    sink->wait();
    EXPECT_EQ(sink->status(), 400);
    EXPECT_EQ(log_.take(), Lines{"GatewayRegistry/Update 3"});
  }
}

TEST_F(FrontTest, TheHttpGatewayTakesTheSamePath) {
  HttpGateway gateway(server_->in_process_channel(), [] { return std::string(32, 'e'); });
  auto sink = std::make_shared<test::RecordingSink>();
  gateway.serve(
      {"GET", "/api/v3/gateways/gtw?field_mask=nothing", {{"Authorization", "Bearer good"}}, {}},
      sink);
  sink->wait();
  EXPECT_EQ(sink->status(), 400);
  EXPECT_EQ(sink->header("X-Request-Id"), "ULID");
  EXPECT_NE(sink->text().find(R"("attributes":{"forbidden_paths":["nothing"]})"), std::string::npos)
      << sink->text();
}

/// One call at once for one kind of call, two streams for all.
class LimitedFrontTest : public FrontTest {
 protected:
  LimitedFrontTest()
      : FrontTest({{"get", 60, 1, {"grpc:method:/ttn.lorawan.v3.GatewayRegistry/Get"}},
                   {"streams", 60, 2, {"grpc:stream:accept"}}}) {}
};

TEST_F(LimitedFrontTest, ACallBeyondTheLimitIsRefusedAndSaysWhenToComeAgain) {
  grpc::ClientContext first;
  first.AddMetadata("authorization", "Bearer good");
  Gateway gateway;
  ASSERT_TRUE(get("gtw", first, gateway).ok());
  EXPECT_EQ(metadata(first, "x-rate-limit-limit"), "1");
  EXPECT_EQ(metadata(first, "x-rate-limit-available"), "0");
  EXPECT_EQ(metadata(first, "x-rate-limit-reset"), "1");
  EXPECT_EQ(metadata(first, "x-rate-limit-retry"), "0");
  grpc::ClientContext second;
  second.AddMetadata("authorization", "Bearer good");
  const auto refused = get("gtw", second, gateway);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_NE(refused.error_message().find("error:pkg/ratelimit:rate_limit_exceeded"),
            std::string::npos)
      << refused.error_message();
  EXPECT_EQ(metadata(second, "x-rate-limit-retry"), "1");
  // What nobody may see does not tell whether it is limited: a bad request costs nothing.
  EXPECT_EQ(get("X", "Bearer good").error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(LimitedFrontTest, EntitiesAndTokensAreCountedOnTheirOwn) {
  EXPECT_TRUE(get("one", "Bearer good").ok());
  EXPECT_TRUE(get("two", "Bearer good").ok());
  EXPECT_EQ(get("one", "Bearer NNSXS.OTHER.SECRET").error_code(),
            grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(get("one", "Bearer good").error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(LimitedFrontTest, WhoInventsTokensIsOneCallerAndTakesNothingFromOthers) {
  EXPECT_EQ(get("gtw", "Bearer NNSXS.ONE.SECRET").error_code(), grpc::StatusCode::UNAUTHENTICATED);
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer NNSXS.TWO.SECRET");
  Gateway gateway;
  const auto refused = get("gtw", context, gateway);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_NE(refused.error_message().find("gateway:gtw:ip:127.0.0.1"), std::string::npos)
      << refused.error_message();
  EXPECT_EQ(metadata(context, "x-rate-limit-retry"), "1");
  EXPECT_EQ(get("gtw", "Bearer NNSXS.KEY.GUESSED").error_code(),
            grpc::StatusCode::RESOURCE_EXHAUSTED)
      << "the id of a token that somebody has is not that token";
  EXPECT_TRUE(get("gtw", "Bearer good").ok());
}

TEST_F(LimitedFrontTest, WhoHasNoTokenIsTheNetworkThatTheCallIsFrom) {
  for (const auto& [address, expected] :
       std::initializer_list<std::pair<const char*, grpc::StatusCode>>{
           {"2001:db8:1:2::1", grpc::StatusCode::UNAUTHENTICATED},
           {"2001:db8:1:2::2", grpc::StatusCode::RESOURCE_EXHAUSTED},
           {"2001:db8:1:3::1", grpc::StatusCode::UNAUTHENTICATED}}) {
    grpc::ClientContext context;
    context.AddMetadata("x-real-ip", address);
    Gateway gateway;
    EXPECT_EQ(get("gtw", context, gateway).error_code(), expected) << address;
  }
}

TEST_F(LimitedFrontTest, AStreamBeyondTheLimitSaysWhenToComeAgain) {
  events_.access = Access::authenticated;
  for (const auto* retry : {"0", "0", "1"}) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer good");
    auto reader = Events::NewStub(channel_)->Stream(&context, StreamEventsRequest());
    Event event;
    while (reader->Read(&event)) {
    }
    EXPECT_EQ(reader->Finish().ok(), retry == std::string("0"));
    EXPECT_EQ(metadata(context, "x-rate-limit-limit"), "2");
    EXPECT_EQ(metadata(context, "x-rate-limit-retry"), retry);
  }
}

TEST_F(LimitedFrontTest, HttpCallersAreToldInHeaders) {
  HttpGateway gateway(server_->in_process_channel(), [] { return std::string(32, 'e'); });
  for (const int expected : {200, 429}) {
    auto sink = std::make_shared<test::RecordingSink>();
    gateway.serve({"GET", "/api/v3/gateways/gtw", {{"Authorization", "Bearer good"}}, {}}, sink);
    sink->wait();
    EXPECT_EQ(sink->status(), expected) << sink->text();
    EXPECT_EQ(sink->header("X-Rate-Limit-Limit"), "1");
    EXPECT_EQ(sink->header("X-Rate-Limit-Retry"), expected == 200 ? "0" : "1");
  }
}

TEST_F(LimitedFrontTest, StreamsAreCountedWhenTheyBegin) {
  for (const auto expected :
       {grpc::StatusCode::OK, grpc::StatusCode::OK, grpc::StatusCode::RESOURCE_EXHAUSTED}) {
    grpc::ClientContext context;
    const StreamEventsRequest request;
    auto reader = Events::NewStub(channel_)->Stream(&context, request);
    Event event;
    while (reader->Read(&event)) {
    }
    EXPECT_EQ(reader->Finish().error_code(), expected);
  }
}

TEST_F(LimitedFrontTest, CallsOfTheClusterAreNotLimited) {
  for (int i = 0; i < 5; ++i) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", "ClusterKey 00");
    Gateway gateway;
    EXPECT_EQ(get("gtw", context, gateway).error_code(), grpc::StatusCode::UNAUTHENTICATED)
        << "as this server knows no keys";
    EXPECT_EQ(metadata(context, "x-rate-limit-limit"), "");
  }
}

TEST(CallLimits, FindTheEntityARequestIsAbout) {
  GetGatewayRequest get;
  EXPECT_EQ(entity_of(get), "");
  get.mutable_gateway_ids()->set_gateway_id("gtw");
  EXPECT_EQ(entity_of(get), "gateway:gtw");
  UpdateGatewayRequest update;
  update.mutable_gateway()->mutable_ids()->set_gateway_id("inner");
  EXPECT_EQ(entity_of(update), "gateway:inner");
  EndDeviceIdentifiers device;
  device.mutable_application_ids()->set_application_id("app");
  device.set_device_id("dev");
  EXPECT_EQ(entity_of(device), "end device:app.dev");
}

TEST_F(FrontTest, WithoutAProfileThereIsNoHeader) {
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer good");
  Gateway gateway;
  ASSERT_TRUE(get("gtw", context, gateway).ok());
  EXPECT_FALSE(context.GetServerInitialMetadata().contains("x-rate-limit-limit"));
}

TEST_F(FrontTest, AnAddressThatIsTakenIsAnError) {
  auto second =
      ApiServer::start({{"127.0.0.1:" + std::to_string(server_->ports().at(0)), {}}}, {&gateways_});
  ASSERT_FALSE(second);
  EXPECT_TRUE(second.error().is(listen_failed));
}

}  // namespace
}  // namespace ff::api
