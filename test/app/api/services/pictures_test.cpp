// Pictures of users and end devices: uploaded over HTTP JSON, shown by their pages.
#include "app/api/services/identity/picture_pages.hpp"
#include "protocol/base/base64.hpp"
#include "protocol/picture/codec.hpp"
#include "test/app/api/services/identity_fixture.hpp"

namespace ff::api::test {
namespace {

/// One response, whole.
class Page final : public net::http::ResponseWriter {
 public:
  void head(int code, net::http::Headers list) override {
    status = code;
    headers = std::move(list);
  }
  net::WriteResult body(ByteView chunk) override {
    content.insert(content.end(), chunk.begin(), chunk.end());
    return net::WriteResult::accepted;
  }
  void end() override { done.set_value(); }
  void on_disconnect(net::Task) override {}
  std::size_t outgoing_size() const noexcept override { return 0; }
  void when_room(net::Task task) override { task(); }
  void preset(std::string_view, std::string_view) override {}
  void upgrade(net::http::Headers, net::AcceptHandler) override {}

  int status = 0;
  net::http::Headers headers;
  Bytes content;
  std::promise<void> done;
};

class PicturesTest : public IdentityTest {
 protected:
  static std::string picture(std::uint32_t width, std::uint32_t height) {
    picture::Pixels pixels{width, height, Bytes(std::size_t{width} * height * 4, 0x7f)};
    return R"({"embedded":{"mime_type":"image/png","data":")" +
           base64_encode(*picture::encode_png(pixels)) + R"("}})";
  }
  Answer update(const std::string& content) {
    return call("PUT", "/users/ada",
                R"({"user":{"profile_picture":)" + content +
                    R"(},"field_mask":{"paths":["profile_picture"]}})");
  }
  Answer read() { return call("GET", "/users/ada?field_mask=profile_picture"); }
  /// As a browser gets it.
  std::shared_ptr<Page> get(const std::string& path, const std::string& method = "GET") {
    net::http::Request request;
    request.method = method;
    request.target = path;
    auto page = std::make_shared<Page>();
    const PicturePages pages(*deps.identity);
    EXPECT_TRUE(pages.has(path)) << path;
    pages.serve(request, page);
    page->done.get_future().wait();
    return page;
  }
};

TEST_F(PicturesTest, OfAUserAreShownInAllSizesAndGoWithHim) {
  create_user("ada");
  ASSERT_EQ(update(picture(300, 200)).status, 200);
  const auto sizes = read();
  EXPECT_EQ(sizes.at("/profile_picture/embedded"), "");
  EXPECT_EQ(sizes.at("/profile_picture/sizes/256"), "") << "it is smaller";
  const auto path = sizes.at("/profile_picture/sizes/128");
  ASSERT_TRUE(path.starts_with("/assets/blob/profile_pictures/ada.")) << path;
  const auto page = get(path);
  EXPECT_EQ(page->status, 200);
  EXPECT_EQ(page->headers.value("Content-Type"), "image/png");
  EXPECT_EQ(page->headers.value("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(picture::decode_png(page->content)->width, 128U);
  EXPECT_EQ(picture::decode_png(get(sizes.at("/profile_picture/sizes/0"))->content)->width, 200U);
  EXPECT_EQ(get(path, "POST")->status, 405);

  // Another one has another name, and the old one is gone.
  ASSERT_EQ(update(picture(128, 128)).status, 200);
  const auto next = read().at("/profile_picture/sizes/128");
  EXPECT_NE(next, path);
  EXPECT_EQ(get(path)->status, 404);
  EXPECT_EQ(get(next)->status, 200);

  ASSERT_EQ(call("DELETE", "/users/ada/purge").status, 200);
  EXPECT_EQ(get(next)->status, 404);
}

TEST_F(PicturesTest, AreRemovedAndKept) {
  create_user("ada");
  ASSERT_EQ(update(picture(64, 64)).status, 200);
  const auto path = read().at("/profile_picture/sizes/64");
  // Who sends back what was shown, or says nothing of it, changes nothing.
  ASSERT_EQ(update(R"({"sizes":{"64":")" + path + R"("}})").status, 200);
  ASSERT_EQ(call("PUT", "/users/ada", R"({"user":{"name":"Ada"},"field_mask":{"paths":["name"]}})")
                .status,
            200);
  EXPECT_EQ(read().at("/profile_picture/sizes/64"), path);
  ASSERT_EQ(update("null").status, 200);
  EXPECT_NE(read().at("/profile_picture/sizes/64").find("gravatar"), std::string::npos);
  EXPECT_EQ(get(path)->status, 404);
}

TEST_F(PicturesTest, AreRefusedWhenTheyAreNoneOrNotWanted) {
  create_user("ada");
  EXPECT_EQ(update(R"({"embedded":{"mime_type":"image/gif","data":"R0lGODlh"}})").error(),
            "pkg/identityserver/picture:unreadable_picture");
  EXPECT_EQ(update(R"({"sizes":{"0":"http://192.0.2.1/internal.png"}})").error(),
            "pkg/identityserver/picture:picture_is_a_link");
  settings->profile_pictures.can_be_uploaded = false;
  const auto refused = update(picture(64, 64));
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.error(), "pkg/identityserver:profile_picture_uploads_disabled");
}

TEST_F(PicturesTest, LeaveRoomToThoseWhoWantSomethingElseOfTheReader) {
  create_user("ada");
  std::promise<void> go_on;
  deps.identity->read_slowly<bool>(
      [wait = go_on.get_future().share()](const storage::Reader&) -> Result<bool> {
        wait.wait();
        return true;
      },
      [](const Result<bool>&) {});
  const PicturePages pages(*deps.identity);
  net::http::Request request;
  request.method = "GET";
  request.target = "/assets/blob/profile_pictures/ada.01ARZ3NDEKTSV4RRFFQ69G5FAV/64.png";
  std::vector<std::shared_ptr<Page>> asked;
  for (int i = 0; i < 500; ++i) {
    asked.push_back(std::make_shared<Page>());
    pages.serve(request, asked.back());
  }
  const auto refused = std::ranges::count(asked, 503, &Page::status);
  EXPECT_EQ(refused, 500 - 32);
  std::promise<bool> other;
  deps.identity->read_slowly<bool>(
      [](const storage::Reader&) -> Result<bool> { return true; },
      [&](const Result<bool>& done) { other.set_value(done.has_value()); });
  go_on.set_value();
  EXPECT_TRUE(other.get_future().get());
  for (const auto& page : asked) page->done.get_future().wait();
  EXPECT_EQ(std::ranges::count(asked, 404, &Page::status), 32);
  const auto again = std::make_shared<Page>();
  pages.serve(request, again);
  again->done.get_future().wait();
  EXPECT_EQ(again->status, 404);
}

TEST_F(PicturesTest, ComeWithARegistration) {
  const auto created = call("POST", "/users",
                            R"({"user":{"ids":{"user_id":"ada"},"password":"Secret99x",
                               "primary_email_address":"ada@example.org","profile_picture":)" +
                                picture(70, 90) + "}}");
  ASSERT_EQ(created.status, 200) << boost::json::serialize(created.body);
  EXPECT_EQ(get(created.at("/profile_picture/sizes/64"))->status, 200);
}

TEST_F(PicturesTest, OfADeviceAreShownAndGoWithIt) {
  create_application("app-1");
  const auto created =
      call("POST", "/applications/app-1/devices",
           R"({"end_device":{"ids":{"device_id":"dev-1"},"picture":)" + picture(64, 64) + "}}");
  ASSERT_EQ(created.status, 200) << boost::json::serialize(created.body);
  const auto path = created.at("/picture/sizes/64");
  ASSERT_TRUE(path.starts_with("/assets/blob/end_device_pictures/app-1.dev-1.")) << path;
  EXPECT_EQ(get(path)->status, 200);
  for (const auto* list : {"/applications/app-1/devices?field_mask=picture",
                           "/search/applications/app-1/devices?field_mask=picture",
                           "/applications/app-1/devices/batch?device_ids=dev-1&field_mask=picture"})
    EXPECT_EQ(call("GET", list).at("/end_devices/0/picture/sizes/64"), path) << list;
  const auto update = [&](const std::string& content) {
    return call(
        "PUT", "/applications/app-1/devices/dev-1",
        R"({"end_device":{"picture":)" + content + R"(},"field_mask":{"paths":["picture"]}})");
  };
  const auto updated = update(picture(80, 80));
  ASSERT_EQ(updated.status, 200) << boost::json::serialize(updated.body);
  EXPECT_EQ(get(path)->status, 404);
  const auto next =
      call("GET", "/applications/app-1/devices/dev-1?field_mask=picture").at("/picture/sizes/64");
  EXPECT_EQ(get(next)->status, 200);
  ASSERT_EQ(call("DELETE", "/applications/app-1/devices/dev-1").status, 200);
  EXPECT_EQ(get(next)->status, 404);
  settings->end_device_pictures.can_be_uploaded = false;
  EXPECT_EQ(
      call("POST", "/applications/app-1/devices",
           R"({"end_device":{"ids":{"device_id":"dev-2"},"picture":)" + picture(64, 64) + "}}")
          .error(),
      "pkg/identityserver:end_device_picture_uploads_disabled");
}

TEST_F(PicturesTest, ArePathsAndNothingElse) {
  start();
  for (const auto* path : {"/assets/blob/profile_pictures/", "/assets/blob/profile_pictures/ada",
                           "/assets/blob/profile_pictures/../../x.y/64.png",
                           "/assets/blob/profile_pictures/ada.X/64.png"})
    EXPECT_EQ(get(path)->status, 404) << path;
  const PicturePages pages(*deps.identity);
  EXPECT_FALSE(pages.has("/assets/blob/profile_picturesx"));
  EXPECT_EQ(path_of_url("https://cdn.example.com/pictures"), "/pictures");
  EXPECT_EQ(path_of_url("https://cdn.example.com"), "");
}

}  // namespace
}  // namespace ff::api::test
