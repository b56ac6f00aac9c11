// HTTP requests through the gateway to a real gRPC server in this process, and back.
#include "app/api/http_gateway.hpp"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>

#include "app/api/status.hpp"
#include "test/app/api/recording_sink.hpp"
#include "ttn/lorawan/v3/configuration_services.grpc.pb.h"
#include "ttn/lorawan/v3/events.grpc.pb.h"
#include "ttn/lorawan/v3/gateway_services.grpc.pb.h"

namespace ff::api {
namespace {

using namespace ttn::lorawan::v3;  // The services of the test speak in the API's names.

constexpr ErrorDef gateway_not_found{"pkg/identityserver", "gateway_not_found", Code::not_found,
                                     "gateway `{gateway_id}` not found"};

std::string metadata(const grpc::CallbackServerContext& context, const char* key) {
  auto found = context.client_metadata().find(key);
  return found == context.client_metadata().end()
             ? ""
             : std::string(found->second.data(), found->second.size());
}

class Gateways final : public GatewayRegistry::CallbackService {
 public:
  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                const GetGatewayRequest* request, Gateway* response) override {
    auto* reactor = context->DefaultReactor();
    const auto& id = request->gateway_ids().gateway_id();
    if (id == "gone") {
      reactor->Finish(to_grpc(Error(gateway_not_found, {{"gateway_id", id}}),
                              "0123456789abcdef0123456789abcdef"));
      return reactor;
    }
    if (id == "secret") {
      reactor->Finish(grpc::Status(grpc::StatusCode::UNAUTHENTICATED, "who are you?"));
      return reactor;
    }
    *response->mutable_ids() = request->gateway_ids();
    for (const auto& path : request->field_mask().paths())
      response->mutable_attributes()->insert({path, "asked"});
    response->set_name(metadata(*context, "authorization"));
    response->set_description(metadata(*context, "grpcgateway-user-agent") + "|" +
                              metadata(*context, "custom"));
    context->AddInitialMetadata("x-total-count", "7");
    context->AddTrailingMetadata("warning", "careful");
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
  grpc::ServerUnaryReactor* Update(grpc::CallbackServerContext* context,
                                   const UpdateGatewayRequest* request,
                                   Gateway* response) override {
    auto* reactor = context->DefaultReactor();
    *response = request->gateway();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

/// Sends `tail` events; then ends, fails (`after`), or waits for the client to leave.
class EventStream final : public Events::CallbackService {
 public:
  std::atomic<int> cancelled = 0;

  grpc::ServerWriteReactor<Event>* Stream(grpc::CallbackServerContext*,
                                          const StreamEventsRequest* request) override {
    class Reactor final : public grpc::ServerWriteReactor<Event> {
     public:
      Reactor(EventStream& owner, const StreamEventsRequest& request)
          : owner_(owner), request_(request) {
        next();
      }
      void OnWriteDone(bool) override { next(); }
      void OnCancel() override {
        ++owner_.cancelled;
        owner_.cancelled.notify_all();
        if (waiting_.exchange(false)) Finish(grpc::Status::CANCELLED);
      }
      void OnDone() override { delete this; }

     private:
      void next() {
        if (sent_ < request_.tail()) {
          event_.set_name("event." + std::to_string(++sent_));
          StartWrite(&event_);
        } else if (request_.names_size() > 0 && request_.names(0) == "fail") {
          Finish(to_grpc(Error(gateway_not_found, {{"gateway_id", "x"}}), ""));
        } else if (request_.names_size() > 0 && request_.names(0) == "wait") {
          waiting_ = true;
          if (owner_.cancelled > 0 && waiting_.exchange(false)) Finish(grpc::Status::CANCELLED);
        } else {
          Finish(grpc::Status::OK);
        }
      }
      EventStream& owner_;
      StreamEventsRequest request_;
      Event event_;
      unsigned sent_ = 0;
      std::atomic<bool> waiting_ = false;
    };
    return new Reactor(*this, *request);
  }
};

class HttpGatewayTest : public testing::Test {
 protected:
  HttpGatewayTest() {
    grpc::ServerBuilder builder;
    builder.RegisterService(&gateways_).RegisterService(&events_);
    server_ = builder.BuildAndStart();
    gateway_ = std::make_unique<HttpGateway>(server_->InProcessChannel({}),
                                             [] { return std::string(32, 'e'); });
  }
  ~HttpGatewayTest() override { server_->Shutdown(); }

  std::shared_ptr<test::RecordingSink> serve(HttpRequest request) {
    auto sink = std::make_shared<test::RecordingSink>();
    gateway_->serve(request, sink);
    return sink;
  }
  std::shared_ptr<test::RecordingSink> answer(HttpRequest request) {
    auto sink = serve(std::move(request));
    sink->wait();
    return sink;
  }

  Gateways gateways_;
  EventStream events_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<HttpGateway> gateway_;
};

TEST_F(HttpGatewayTest, PathAndQueryFillTheRequest) {
  auto sink = answer(
      {"GET",
       "/api/v3/gateways/"
       "gtw-1?field_mask=name,description&fieldMask=antennas&unknown=1&gateway_ids.gateway_id=x",
       {},
       {}});
  EXPECT_EQ(sink->status(), 200);
  EXPECT_EQ(sink->header("Content-Type"), "application/json");
  EXPECT_EQ(sink->text(),
            R"({"ids":{"gateway_id":"gtw-1"},"description":"|",)"
            R"("attributes":{"antennas":"asked","description":"asked","name":"asked"}})");
}

TEST_F(HttpGatewayTest, HeadersBecomeMetadataAndMetadataHeaders) {
  auto sink = answer({"GET",
                      "/api/v3/gateways/gtw-1",
                      {{"Authorization", "Bearer x"},
                       {"User-Agent", "curl"},
                       {"grpc-metadata-Custom", "c"},
                       {"Grpc-Metadata-te", "x"},
                       {"Grpc-Metadata-B\xc3\xa4", "x"},
                       {"Grpc-Metadata-v", "a\nb"},
                       {"Host", "example.com"},
                       {"X-Forwarded-For", "10.0.0.1"}},
                      {}});
  EXPECT_EQ(sink->status(), 200);
  EXPECT_EQ(sink->text(),
            R"({"ids":{"gateway_id":"gtw-1"},"name":"Bearer x","description":"curl|c"})");
  EXPECT_EQ(sink->header("x-total-count"), "7");
  EXPECT_EQ(sink->header("x-warning"), "careful");
}

TEST_F(HttpGatewayTest, PathValuesOverrideTheBody) {
  auto sink =
      answer({"PUT",
              "/api/v3/gateways/gtw-1?gateway.name=q",
              {},
              R"({"gateway":{"ids":{"gateway_id":"other","eui":"0000000000000001"},"name":"n"}})"});
  EXPECT_EQ(sink->text(), R"({"ids":{"gateway_id":"gtw-1","eui":"0000000000000001"},"name":"n"})");
}

struct ErrorRow {
  const char* name;
  HttpRequest request;
  int status;
  std::string body_start;
};

TEST_F(HttpGatewayTest, ErrorsAreJsonWithTheStatusOfTheirCode) {
  const ErrorRow rows[] = {
      {"unknown path",
       {"GET", "/api/v3/nothing", {}, {}},
       404,
       R"({"code":5,"message":"Not Found","details":[]})"},
      {"outside the base path", {"GET", "/gateways/a", {}, {}}, 404, R"({"code":5)"},
      {"a trailing slash", {"GET", "/api/v3/gateways/", {}, {}}, 404, R"({"code":5)"},
      {"malformed escape", {"GET", "/api/v3/gateways/%g1", {}, {}}, 404, R"({"code":5)"},
      {"wrong method", {"PATCH", "/api/v3/gateways/gtw-1", {}, {}}, 501, R"({"code":12)"},
      {"no such service here", {"GET", "/api/v3/applications", {}, {}}, 501, R"({"code":12)"},
      {"malformed body",
       {"PUT", "/api/v3/gateways/gtw-1", {}, "{"},
       400,
       R"({"code":3,"message":"error:pkg/jsonpb:invalid_json)"},
      {"malformed query", {"GET", "/api/v3/gateways?limit=x", {}, {}}, 400, R"({"code":3)"},
      {"malformed query escape", {"GET", "/api/v3/gateways?a=%", {}, {}}, 400, R"({"code":3)"},
      {"too large",
       {"PUT", "/api/v3/gateways/gtw-1", {}, std::string(request_body_max + 1, ' ')},
       400,
       R"({"code":3,"message":"error:pkg/webmiddleware:request_body_too_large)"},
      {"the service's error",
       {"GET", "/api/v3/gateways/gone", {}, {}},
       404,
       R"-({"code":5,"message":"error:pkg/identityserver:gateway_not_found (gateway `gone` not found)","details":[)-"
       R"({"@type":"type.googleapis.com/ttn.lorawan.v3.ErrorDetails","namespace":"pkg/identityserver",)"
       R"("name":"gateway_not_found","message_format":"gateway `{gateway_id}` not found",)"
       R"("attributes":{"gateway_id":"gone"},"correlation_id":"0123456789abcdef0123456789abcdef","code":5}]})"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.name);
    auto sink = answer(row.request);
    EXPECT_EQ(sink->status(), row.status);
    EXPECT_EQ(sink->text().substr(0, row.body_start.size()), row.body_start);
  }
}

TEST_F(HttpGatewayTest, UnauthenticatedAnswersSayHow) {
  auto sink = answer({"GET", "/api/v3/gateways/secret", {}, {}});
  EXPECT_EQ(sink->status(), 401);
  EXPECT_EQ(sink->header("WWW-Authenticate"), "who are you?");
}

TEST_F(HttpGatewayTest, AStreamIsOneObjectPerLine) {
  auto sink = answer({"POST", "/api/v3/events", {}, R"({"tail":2})"});
  EXPECT_EQ(sink->status(), 200);
  EXPECT_EQ(sink->text(),
            "{\"result\":{\"name\":\"event.1\"}}\n{\"result\":{\"name\":\"event.2\"}}\n");
}

TEST_F(HttpGatewayTest, AnEventStreamIsSeparatedByEmptyLines) {
  auto sink =
      answer({"POST", "/api/v3/events", {{"accept", "text/event-stream"}}, R"({"tail":1})"});
  EXPECT_EQ(sink->header("content-type"), "text/event-stream");
  EXPECT_EQ(sink->text(), "{\"result\":{\"name\":\"event.1\"}}\n\n");
}

TEST_F(HttpGatewayTest, AFailureInTheMiddleIsTheLastLine) {
  auto sink = answer({"POST", "/api/v3/events", {}, R"({"tail":1,"names":["fail"]})"});
  EXPECT_EQ(sink->status(), 200);
  auto second = sink->text().substr(sink->text().find('\n') + 1);
  EXPECT_TRUE(second.starts_with(
      R"({"error":{"code":5,"message":"error:pkg/identityserver:gateway_not_found)"))
      << second;
  EXPECT_TRUE(second.ends_with("}}\n"));
}

TEST_F(HttpGatewayTest, AFailureBeforeTheFirstMessageIsAnErrorAnswer) {
  auto sink = answer({"POST", "/api/v3/events", {}, R"({"names":["fail"]})"});
  EXPECT_EQ(sink->status(), 404);
}

TEST_F(HttpGatewayTest, AStreamWaitsUntilItsClientHasRoom) {
  auto sink = std::make_shared<test::RecordingSink>();
  sink->fill();
  gateway_->serve({"POST", "/api/v3/events", {}, R"({"tail":3})"}, sink);
  sink->wait_for_chunks(1);
  EXPECT_EQ(sink->chunks(), 1);
  sink->make_room();
  sink->wait();
  EXPECT_EQ(sink->chunks(), 3);
}

TEST_F(HttpGatewayTest, AClientThatLeavesInsteadOfReadingEndsTheCall) {
  auto sink = std::make_shared<test::RecordingSink>();
  sink->fill();
  gateway_->serve({"POST", "/api/v3/events", {}, R"({"tail":3})"}, sink);
  sink->wait_for_chunks(1);
  sink->disconnect();
  sink->make_room();
  sink->wait();
}

TEST_F(HttpGatewayTest, AClientThatLeavesCancelsTheCall) {
  auto sink = serve({"POST", "/api/v3/events", {}, R"({"tail":1,"names":["wait"]})"});
  sink->wait_for_chunks(1);
  sink->disconnect();
  sink->wait();
  events_.cancelled.wait(0);  // The server hears of it a little later.
  sink->disconnect();         // Too late, and harmless.
}

}  // namespace
}  // namespace ff::api
