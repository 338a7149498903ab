"""What both test_server and this package call themselves on the wire."""

#: test_server's version whose behaviour this package has, as the field
#: ``Server`` names it. It is this package's version, too.
TEST_SERVER_PACKAGE_VERSION = "0.1.0"
