using Tessrax.Docs;

if (args.Length != 2)
{
    Console.Error.WriteLine("usage: Tessrax.Docs REPOSITORY FOLDER");
    return 2;
}
Site site = SiteBuilder.Build(args[0]);
string[] faults = [.. site.Faults];
foreach (string fault in faults)
    Console.Error.WriteLine($"error: {fault}");
if (faults.Length > 0)
    return 1;
site.Write(args[1]);
foreach ((string what, long count) in site.Figures)
    Console.WriteLine($"{what, -40} {count, 9:N0}");
return 0;
