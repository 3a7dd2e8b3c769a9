/**
 * The words from which people make short common passwords, collected by hand: words for "password" and for the things
 * it opens, names, teams, brands, seasons, and terms of affection, in lower case. Keyboard runs, repeats and years are
 * found by rule instead.
 */
export const predictableWords: ReadonlySet<string> = new Set(
  `
  password passwort passphrase passcode pass motdepasse contrasena contraseña senha parola wachtwoord haslo secret
  geheim private login logon signin account user username guest admin administrator root superuser system server
  access security secure safe letmein changeme default temporary temp test testing tester demo sample example please
  open opensesame sesame welcome willkommen bienvenue hello hallo hola goodbye whatever nothing unknown trustno
  coatcheck coat check session cookie iloveyou loveyou loveme love lover lovely ilove forever always together babygirl
  baby sweetheart honey angel princess queen prince king beautiful sweet happy smile sunshine sunflower flower
  butterfly rainbow star moonlight heaven jesus christ blessed faith family mother father mommy daddy sister brother
  friend friends bestfriend home house monkey dragon tiger lion eagle eagles falcon wolf bear horse dolphin panda
  kitty kitten puppy buster bailey tigger master killer hunter ranger ninja shadow ghost phoenix matrix legend hacker
  warrior knight samurai wizard magic superman batman spiderman ironman starwars pokemon pikachu naruto minecraft
  fortnite roblox playstation nintendo football baseball basketball soccer hockey tennis golf yankees cowboys steelers
  lakers packers redsox liverpool arsenal chelsea manchester united barcelona realmadrid juventus ferrari porsche
  mercedes mustang harley corvette computer internet google facebook twitter instagram youtube samsung iphone apple
  microsoft windows linux android cheese cookies chocolate banana orange cherry pepper ginger coffee butter pumpkin
  summer winter spring autumn january february march april june july august september october november december monday
  tuesday wednesday thursday friday saturday sunday today tomorrow purple yellow silver golden diamond black white
  green blue michael michelle jennifer jessica jordan thomas robert daniel andrew joshua matthew charlie charles
  ashley nicole amanda anthony william david james john george maria alexander alexandra patrick richard samantha
  elizabeth london paris america canada england germany france new york freedom soleil doudou azerty schatz amor
  correct battery staple company business office number money dollar lucky first last
  `
    .trim()
    .split(/\s+/),
);
