// Handlers behind the common path, called over a socket and through the HTTP gateway.
#include "app/api/front.hpp"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "app/api/http_gateway.hpp"
#include "app/api/server.hpp"
#include "test/app/api/recording_sink.hpp"
#include "ttn/lorawan/v3/events.grpc.pb.h"
#include "ttn/lorawan/v3/gateway_services.grpc.pb.h"

namespace ff::api {
namespace {

using namespace ttn::lorawan::v3;  // The services of the test speak in the API's names.

constexpr ErrorDef token_unknown{"pkg/auth/rights", "token_unknown", Code::unauthenticated,
                                 "unknown token"};

class TestAuthenticator final : public Authenticator {
 public:
  void authenticate(const CallMetadata& metadata, Continuation answer) override {
    auto found = metadata.find("authorization");
    if (found == metadata.end() || found->second != "Bearer good")
      return answer(fail(token_unknown));
    answer(AuthInfo{.kind = AuthInfo::Kind::api_key, .token_id = "KEY", .account_id = "user:me"});
  }
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
        {"ttn.lorawan.v3.Events/Stream", Access::open}, context, request,
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

 private:
  Front& front_;
};

class FrontTest : public testing::Test {
 protected:
  explicit FrontTest(std::vector<net::RateProfile> profiles = {})
      : front_({.now = [] { return UtcTime(); },
                .new_request_id = [] { return std::string("ULID"); },
                .new_error_id = [] { return std::string(32, 'e'); },
                .authenticator = std::make_shared<TestAuthenticator>(),
                .rate_limiter = *net::RateLimiter::make(std::move(profiles), 64,
                                                        {.now = [] { return MonoTime(); }}),
                .on_error = {}}) {
    auto started = ApiServer::start({{"127.0.0.1:0", {}}}, {&gateways_, &events_});
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

  Front front_;
  Gateways gateways_{front_};
  EventStreams events_{front_};
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

  static std::string metadata(const grpc::ClientContext& context, const std::string& key) {
    const auto& all = context.GetServerInitialMetadata();
    const auto found = all.find(key);
    return found == all.end() ? std::string()
                              : std::string(found->second.data(), found->second.size());
  }
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

TEST(CallLimits, FindTheIdInAToken) {
  EXPECT_EQ(token_id_of("Bearer NNSXS.ID.SECRET"), "ID");
  EXPECT_EQ(token_id_of("NNSXS.ID.SECRET"), "ID");
  for (const auto* text : {"", "Bearer good", "a.b", "."}) EXPECT_EQ(token_id_of(text), "") << text;
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
