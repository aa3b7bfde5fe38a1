#include "tests/support/rest.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

namespace dropload::test {

namespace asio = boost::asio;
namespace beast = boost::beast;

RestAnswer rest(const std::string& verb, const std::string& address, const std::string& target, const std::string& body,
                const std::map<std::string, std::string>& headers) {
  asio::io_context context;
  asio::ip::tcp::socket socket(context);
  const auto colon = address.rfind(':');
  socket.connect({asio::ip::make_address(address.substr(0, colon)),
                  static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1)))});
  beast::http::request<beast::http::string_body> request(beast::http::string_to_verb(verb), target, 11);
  request.set(beast::http::field::host, address);
  request.set(beast::http::field::connection, "close");
  for (const auto& [name, value] : headers) request.set(name, value);
  request.body() = body;
  request.prepare_payload();
  beast::http::write(socket, request);
  beast::flat_buffer buffer;
  beast::http::response_parser<beast::http::string_body> parser;
  parser.body_limit(64 * 1024 * 1024);
  beast::http::read(socket, buffer, parser);
  return {parser.get().result_int(), parser.get().body()};
}

}  // namespace dropload::test
