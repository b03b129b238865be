using System.Reflection;

namespace Tessrax.Docs.Library;

/// <summary>The names by which comments are kept: ECMA-334, annex D.4.2.</summary>
internal static class CommentIds
{
    public static string Of(MemberInfo member) =>
        member switch
        {
            Type type => $"T:{NameOf(type)}",
            FieldInfo field => $"F:{NameOf(field.DeclaringType!)}.{Flat(field.Name)}",
            EventInfo happening => $"E:{NameOf(happening.DeclaringType!)}.{Flat(happening.Name)}",
            PropertyInfo property =>
                $"P:{NameOf(property.DeclaringType!)}.{Flat(property.Name)}{Parameters(property.GetIndexParameters())}",
            ConstructorInfo constructor =>
                $"M:{NameOf(constructor.DeclaringType!)}.#ctor{Parameters(constructor.GetParameters())}",
            MethodInfo method => OfMethod(method),
            _ => throw new NotSupportedException(member.ToString()),
        };

    private static string OfMethod(MethodInfo method)
    {
        string arity = method.IsGenericMethodDefinition ? $"``{method.GetGenericArguments().Length}" : "";
        string name =
            $"M:{NameOf(method.DeclaringType!)}.{Flat(method.Name)}{arity}{Parameters(method.GetParameters())}";
        return method.Name is "op_Implicit" or "op_Explicit" ? $"{name}~{InSignature(method.ReturnType)}" : name;
    }

    private static string NameOf(Type type) => (type.FullName ?? type.Name).Replace('+', '.');

    private static string Flat(string name) => name.Replace('.', '#');

    private static string Parameters(ParameterInfo[] parameters) =>
        parameters.Length == 0
            ? ""
            : $"({string.Join(',', parameters.Select(each => InSignature(each.ParameterType)))})";

    private static string InSignature(Type type)
    {
        if (type.IsByRef)
            return InSignature(type.GetElementType()!) + "@";
        if (type.IsArray)
            return InSignature(type.GetElementType()!) + "[]";
        if (type.IsPointer)
            return InSignature(type.GetElementType()!) + "*";
        if (type.IsGenericParameter)
            return (type.DeclaringMethod is null ? "`" : "``") + type.GenericParameterPosition;
        if (!type.IsGenericType)
            return NameOf(type);
        string name = NameOf(type.GetGenericTypeDefinition());
        int tick = name.IndexOf('`', StringComparison.Ordinal);
        return $"{name[..tick]}{{{string.Join(',', type.GetGenericArguments().Select(InSignature))}}}";
    }
}
