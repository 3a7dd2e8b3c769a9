# A CGI script with a guarded part: it acts by PATH_INFO.
use strict;

sub text {
  my ($bytes) = @_;
  $bytes =~ s/([^ !#-\[\]-~])/sprintf("\\u%04x", ord $1)/ge;
  return "\"$bytes\"";
}

# As they came: a name may be there twice, and programs differ in which of the two they see.
open my $environment, "<", "/proc/$$/environ" or die;
my %variables;
for (split /\0/, do { local $/; <$environment> }) {
  my ($name, $value) = split /=/, $_, 2;
  $variables{$name} = defined $variables{$name} ? "$variables{$name}, $value" : $value;
}

my $path = $ENV{PATH_INFO} // "";
my $acted = $path =~ m{^/(admin|tasks)(/|$)} ? $1 : "other";
my $variables = join ",", map { text($_) . ":" . text($variables{$_}) } keys %variables;
print "Content-Type: application/json\r\n\r\n";
print "{\"acted\":\"$acted\",\"path\":", text($path), ",\"method\":", text($ENV{REQUEST_METHOD});
print ",\"host\":", text($ENV{HTTP_HOST}), ",\"variables\":{$variables}}";
