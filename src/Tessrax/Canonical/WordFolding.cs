using System.Globalization;

namespace Tessrax.Canonical;

/// <summary>How letters are folded before words are compared: case goes, and of a Latin, Greek or Cyrillic letter its marks.</summary>
/// <remarks>spec/index.md, section 2; the same table code point by code point is <c>spec/vectors/words/folding.txt</c>. It is written out since what
/// the platform knows of case and of decomposition depends on how the host is built.</remarks>
internal static class WordFolding
{
    // Each pair: a letter whose canonical decomposition is a letter and marks, and that letter in lower case; and the final sigma.
    private const string Accents =
        "ÀaÁaÂaÃaÄaÅaÇcÈeÉeÊeËeÌiÍiÎiÏiÑnÒoÓoÔoÕoÖoÙuÚuÛuÜuÝyàaáaâaãaäaåaçcèeéeêeëeìiíiîiïiñnòoóoôoõoöoùuúuûuüuýy"
        + "ÿyĀaāaĂaăaĄaąaĆcćcĈcĉcĊcċcČcčcĎdďdĒeēeĔeĕeĖeėeĘeęeĚeěeĜgĝgĞgğgĠgġgĢgģgĤhĥhĨiĩiĪiīiĬiĭiĮiįiİiĴjĵjĶkķkĹlĺl"
        + "ĻlļlĽlľlŃnńnŅnņnŇnňnŌoōoŎoŏoŐoőoŔrŕrŖrŗrŘrřrŚsśsŜsŝsŞsşsŠsšsŢtţtŤtťtŨuũuŪuūuŬuŭuŮuůuŰuűuŲuųuŴwŵwŶyŷyŸyŹz"
        + "źzŻzżzŽzžzƠoơoƯuưuǍaǎaǏiǐiǑoǒoǓuǔuǕuǖuǗuǘuǙuǚuǛuǜuǞaǟaǠaǡaǢæǣæǦgǧgǨkǩkǪoǫoǬoǭoǮʒǯʒǰjǴgǵgǸnǹnǺaǻaǼæǽæǾøǿø"
        + "ȀaȁaȂaȃaȄeȅeȆeȇeȈiȉiȊiȋiȌoȍoȎoȏoȐrȑrȒrȓrȔuȕuȖuȗuȘsșsȚtțtȞhȟhȦaȧaȨeȩeȪoȫoȬoȭoȮoȯoȰoȱoȲyȳyΆαΈεΉηΊιΌοΎυΏωΐι"
        + "ΪιΫυάαέεήηίιΰυϊιϋυόούυώωϓϒϔϒЀеЁеЃгЇіЌкЍиЎуЙийиѐеёеѓгїіќкѝиўуѶѵѷѵӁжӂжӐаӑаӒаӓаӖеӗеӚәӛәӜжӝжӞзӟзӢиӣиӤиӥиӦоӧо"
        + "ӪөӫөӬэӭэӮуӯуӰуӱуӲуӳуӴчӵчӸыӹыḀaḁaḂbḃbḄbḅbḆbḇbḈcḉcḊdḋdḌdḍdḎdḏdḐdḑdḒdḓdḔeḕeḖeḗeḘeḙeḚeḛeḜeḝeḞfḟfḠgḡgḢhḣhḤhḥh"
        + "ḦhḧhḨhḩhḪhḫhḬiḭiḮiḯiḰkḱkḲkḳkḴkḵkḶlḷlḸlḹlḺlḻlḼlḽlḾmḿmṀmṁmṂmṃmṄnṅnṆnṇnṈnṉnṊnṋnṌoṍoṎoṏoṐoṑoṒoṓoṔpṕpṖpṗpṘrṙr"
        + "ṚrṛrṜrṝrṞrṟrṠsṡsṢsṣsṤsṥsṦsṧsṨsṩsṪtṫtṬtṭtṮtṯtṰtṱtṲuṳuṴuṵuṶuṷuṸuṹuṺuṻuṼvṽvṾvṿvẀwẁwẂwẃwẄwẅwẆwẇwẈwẉwẊxẋxẌxẍx"
        + "ẎyẏyẐzẑzẒzẓzẔzẕzẖhẗtẘwẙyẛſẠaạaẢaảaẤaấaẦaầaẨaẩaẪaẫaẬaậaẮaắaẰaằaẲaẳaẴaẵaẶaặaẸeẹeẺeẻeẼeẽeẾeếeỀeềeỂeểeỄeễeỆe"
        + "ệeỈiỉiỊiịiỌoọoỎoỏoỐoốoỒoồoỔoổoỖoỗoỘoộoỚoớoỜoờoỞoởoỠoỡoỢoợoỤuụuỦuủuỨuứuỪuừuỬuửuỮuữuỰuựuỲyỳyỴyỵyỶyỷyỸyỹyἀα"
        + "ἁαἂαἃαἄαἅαἆαἇαἈαἉαἊαἋαἌαἍαἎαἏαἐεἑεἒεἓεἔεἕεἘεἙεἚεἛεἜεἝεἠηἡηἢηἣηἤηἥηἦηἧηἨηἩηἪηἫηἬηἭηἮηἯηἰιἱιἲιἳιἴιἵιἶιἷιἸι"
        + "ἹιἺιἻιἼιἽιἾιἿιὀοὁοὂοὃοὄοὅοὈοὉοὊοὋοὌοὍοὐυὑυὒυὓυὔυὕυὖυὗυὙυὛυὝυὟυὠωὡωὢωὣωὤωὥωὦωὧωὨωὩωὪωὫωὬωὭωὮωὯωὰαάαὲεέεὴη"
        + "ήηὶιίιὸοόοὺυύυὼωώωᾀαᾁαᾂαᾃαᾄαᾅαᾆαᾇαᾈαᾉαᾊαᾋαᾌαᾍαᾎαᾏαᾐηᾑηᾒηᾓηᾔηᾕηᾖηᾗηᾘηᾙηᾚηᾛηᾜηᾝηᾞηᾟηᾠωᾡωᾢωᾣωᾤωᾥωᾦωᾧωᾨωᾩωᾪω"
        + "ᾫωᾬωᾭωᾮωᾯωᾰαᾱαᾲαᾳαᾴαᾶαᾷαᾸαᾹαᾺαΆαᾼαιιῂηῃηῄηῆηῇηῈεΈεῊηΉηῌηῐιῑιῒιΐιῖιῗιῘιῙιῚιΊιῠυῡυῢυΰυῤρῥρῦυῧυῨυῩυῪυΎυῬρῲω"
        + "ῳωῴωῶωῷωῸοΌοῺωΏωῼωςσ";

    // The other capital letters, in hexadecimal: FIRST-LAST:DISTANCE to the small letter, FIRST/LAST:DISTANCE where only each second one is.
    private const string Capitals =
        "C6:20 D0:20 D8:20 DE:20 110/132:1 13F/141:1 14A/166:1 181:D2 182/184:1 186:CE 187:1 189-18A:CD 18B:1 18E:4F"
        + " 18F:CA 190:CB 191:1 193:CD 194:CF 196:D3 197:D1 198:1 19C:D3 19D:D5 19F:D6 1A2/1A4:1 1A6:DA 1A7:1 1A9:DA 1AC:1"
        + " 1AE:DA 1B1-1B2:D9 1B3/1B5:1 1B7:DB 1B8:1 1BC:1 1C4:2 1C5:1 1C7:2 1C8:1 1CA:2 1CB:1 1E4:1 1F1:2 1F2:1 1F6:-61"
        + " 1F7:-38 21C:1 220:-82 222/224:1 23A:2A2B 23B:1 23D:-A3 23E:2A28 241:1 243:-C3 244:45 245:47 246/24E:1"
        + " 370/372:1 376:1 37F:74 391-3A1:20 3A3-3A9:20 3CF:8 3D8/3EE:1 3F4:-3C 3F7:1 3F9:-7 3FA:1 3FD-3FF:-82 402/404:50"
        + " 405-406:50 408-40B:50 40F:50 410-418:20 41A-42F:20 460/480:1 48A/4BE:1 4C0:F 4C3/4CD:1 4D4/52E:1 531-556:30"
        + " 10A0-10C5:1C60 10C7:1C60 10CD:1C60 13A0-13EF:97D0 13F0-13F5:8 1C89:1 1C90-1CBA:-BC0 1CBD-1CBF:-BC0 1E9E:-1DBF"
        + " 1EFA/1EFE:1 2126:-1D5D 212A:-20BF 212B:-20CA 2132:1C 2160-216F:10 2183:1 24B6-24CF:1A 2C00-2C2F:30 2C60:1 2C62:-29F7 2C63:-EE6 2C64:-29E7"
        + " 2C67/2C6B:1 2C6D:-2A1C 2C6E:-29FD 2C6F:-2A1F 2C70:-2A1E 2C72:1 2C75:1 2C7E-2C7F:-2A3F 2C80/2CE2:1 2CEB/2CED:1"
        + " 2CF2:1 A640/A66C:1 A680/A69A:1 A722/A72E:1 A732/A76E:1 A779/A77B:1 A77D:-8A04 A77E/A786:1 A78B:1 A78D:-A528"
        + " A790/A792:1 A796/A7A8:1 A7AA:-A544 A7AB:-A54F A7AC:-A54B A7AD:-A541 A7AE:-A544 A7B0:-A512 A7B1:-A52A"
        + " A7B2:-A515 A7B3:3A0 A7B4/A7C2:1 A7C4:-30 A7C5:-A543 A7C6:-8A38 A7C7/A7C9:1 A7CB:-A567 A7CC:1 A7D0:1 A7D6/A7DA:1 A7DC:-A641"
        + " A7F5:1 FF21-FF3A:20 10400-10427:28 104B0-104D3:28 10570-1057A:27 1057C-1058A:27 1058C-10592:27 10594-10595:27"
        + " 10C80-10CB2:40 10D50-10D65:20 118A0-118BF:20 16E40-16E5F:20 1E900-1E921:22";

    // The capital with a mark that is far beyond the others.
    private const char AngstromSign = '\u212B';

    // Almost everything that is folded lies below it, and is looked up at once.
    private const int Near = 0x2000;

    private static readonly Run[] Runs = ReadRuns();
    private static readonly ushort[] Nearby = FillNear();

    private readonly record struct Run(int First, int Last, int Step, int Distance);

    /// <summary>What a code point is folded to; itself, if there is nothing to fold.</summary>
    public static int Fold(int rune) => rune < Near ? Nearby[rune] : FoldFar(rune);

    /// <summary>The small letter of a capital one, with its marks; itself, if it is none.</summary>
    public static char Small(char letter)
    {
        int folded = Fold(letter);
        // Those with marks are in Unicode from of old, and known alike everywhere.
        return folded == letter ? letter
            : letter == AngstromSign || Accents.Contains(letter, StringComparison.Ordinal)
                ? char.ToLowerInvariant(letter)
            : (char)folded;
    }

    private static int FoldFar(int rune)
    {
        int low = 0;
        int high = Runs.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            Run run = Runs[middle];
            if (rune < run.First)
                high = middle - 1;
            else if (rune > run.Last)
                low = middle + 1;
            else
                return (rune - run.First) % run.Step == 0 ? rune + run.Distance : rune;
        }
        return rune;
    }

    private static Run[] ReadRuns()
    {
        var runs = new List<Run>();
        foreach (string text in Capitals.Split(' '))
        {
            string[] parts = text.Split(':', '-', '/');
            bool isNegative = text.Contains(":-", StringComparison.Ordinal);
            int distance = Hex(parts[^1]);
            bool isRange = parts.Length - (isNegative ? 1 : 0) == 3;
            runs.Add(
                new Run(
                    Hex(parts[0]),
                    Hex(isRange ? parts[1] : parts[0]),
                    text.Contains('/', StringComparison.Ordinal) ? 2 : 1,
                    isNegative ? -distance : distance
                )
            );
        }
        return [.. runs];
    }

    private static ushort[] FillNear()
    {
        var table = new ushort[Near];
        for (int rune = 0; rune < Near; rune++)
            table[rune] = (ushort)(rune is >= 'A' and <= 'Z' ? rune + 0x20 : rune);
        foreach (Run run in Runs)
        {
            for (int rune = run.First; rune <= run.Last && rune < Near; rune += run.Step)
                table[rune] = (ushort)(rune + run.Distance);
        }
        for (int i = 0; i < Accents.Length; i += 2)
            table[Accents[i]] = Accents[i + 1];
        return table;
    }

    /// <summary>The number that hexadecimal digits stand for.</summary>
    internal static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
